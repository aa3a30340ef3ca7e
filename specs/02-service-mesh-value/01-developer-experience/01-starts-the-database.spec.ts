import { exercise } from '../../../helpers/index.ts';

const namespace = 'm2-e1-database';
const image = 'docker.io/library/postgres:17.11';
const create = ['--namespace', namespace, 'create', 'deployment', 'database', `--image=${image}`];
const template = ['get', 'deployments', 'database', '-o', 'jsonpath={.spec.template.spec.containers[0].env}'];
const databaseLog = ['logs', '-l', 'app=database', '--tail=-1'];
const status = [
  'get',
  'pods',
  '-l',
  'app=database',
  '-o',
  'jsonpath={range .items[*]}{.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
];
const readyReplicas = [
  'get',
  'deployments',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.readyReplicas}{"\\n"}{end}',
];
const services = [
  'get',
  'services',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.spec.clusterIP} {.spec.ports[*].port}{"\\n"}{end}',
];
const lines = (text: string) => text.trim().split('\n');

exercise(
  'Database starts at the first attempt from a manifest and a Secret, and fails by commands in a row',
  {
    persona: 'Marcus Chen',
    question:
      'Three deployments and three services, that cannot be hard. Why does the first command of the day already fail?',
    proof:
      'Both orders of the text are typed as they stand, with a supported version of the image, so that age is not what fails. One is refused by kubectl itself. The other starts a pod that ends with the words of the image about its missing password, restarts and ends again, until the password comes and a second pod replaces it; the password then stands in the Deployment for everyone who may read it. The manifest starts the same image with the same variable out of a Secret: Ready, and never restarted.',
    takeaway: 'What a pod needs to start belongs into the manifest that creates it, and a password into a Secret.',
    needs: ['k8s'],
    proves: ['m2.e1.a1', 'm2.e1.a2'],
    errata: ['E201', 'E202'],
    readMore: 'https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const takesConnections = async () => {
      await cluster
        .client('deployment/database')
        .eventually(
          'PostgreSQL takes connections',
          ['pg_isready', '-h', '127.0.0.1'],
          ({ exitCode, stdout }) => exitCode === 0 && stdout.includes('accepting connections'),
        );
    };

    await lesson.step('One way of the text: create the database with its variable in one command', async () => {
      const refused = await cluster.attempt('kubectl', ...create, '--env=POSTGRES_PASSWORD=secret');
      await lesson.check(
        'kubectl knows no such flag, and creates nothing',
        { exitCode: refused.exitCode, says: refused.stderr.trim() },
        ({ exitCode, says }) => exitCode !== 0 && says.includes('unknown flag: --env'),
      );
      const made = await cluster.kubectl('get', 'deployments', '-o', 'name');
      await lesson.check('there is no database', made.stdout, (names) => !names.includes('database'));
    });

    await lesson.step('The other way: create it first, and the pod fails and fails again', async () => {
      await cluster.kubectl(...create.slice(2));
      await cluster.eventually('the image refuses to start without a password', databaseLog, (log) =>
        log.includes('superuser password is not specified'),
      );
      await cluster.eventually('its container is not ready and was restarted', status, (seen) =>
        lines(seen).every((line) => line.startsWith('false ') && line !== 'false 0'),
      );
    });

    await lesson.step('And then set the password: a second pod starts, and anyone may read why', async () => {
      await cluster.kubectl('set', 'env', 'deployment/database', 'POSTGRES_PASSWORD=secret');
      await cluster.kubectl('rollout', 'status', 'deployment/database', '--timeout=80s');
      // A pod without a readiness probe counts as ready while it still sets itself up, and cannot be stopped in haste.
      await takesConnections();
      await lesson.check('the password stands in the Deployment', (await cluster.kubectl(...template)).stdout, (env) =>
        env.includes('"value":"secret"'),
      );
      await cluster.kubectl('delete', 'deployment', 'database', '--cascade=foreground');
    });

    await lesson.step('The manifest brings the database and its Secret together', async () => {
      await cluster.change('20-database.yaml');
    });

    await lesson.step('After: it is ready at the first attempt', async () => {
      await cluster.eventually('one pod is ready and was never restarted', status, (seen) => seen.trim() === 'true 0');
      await takesConnections();
      await lesson.check(
        'the Deployment names a Secret, not a password',
        (await cluster.kubectl(...template)).stdout,
        (env) => env.includes('"secretKeyRef"') && !env.includes('"value"'),
      );
    });

    await lesson.step('And the three tiers are there, each behind an address of its own', async () => {
      await cluster.eventually(
        'two frontends, three backends and one database are ready',
        readyReplicas,
        (list) => ['frontend 2', 'backend 3', 'database 1'].toSorted().join() === lines(list).toSorted().join(),
      );
      const found = lines((await cluster.kubectl(...services)).stdout).map((line) => line.split(' '));
      await lesson.check(
        'three Services have three addresses and the right ports',
        found.map(([name, , port]) => `${name}:${port}`),
        (ports) =>
          ports.toSorted().join() === 'backend:80,database:5432,frontend:80' &&
          new Set(found.map(([, ip]) => ip)).size === 3 &&
          found.every(([, ip = '']) => /^[\d.]+$|:/.test(ip)),
      );
    });
  },
);
