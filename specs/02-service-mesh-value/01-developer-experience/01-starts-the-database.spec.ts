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
    errata: [
      {
        id: 'E201',
        said: 'Create the database, then set its password; or create it with --env.',
        fact: 'The first pod of the one crashes until the variable is set, and kubectl create deployment has no --env. PostgreSQL 13, which the text names, has had no fixes since November 2025.',
      },
      {
        id: 'E202',
        said: 'The password is given on the command line: POSTGRES_PASSWORD=secret.',
        fact: "There it stays in the shell's history and, in clear, in the Deployment. A Secret keeps it out of both, and rights on it can be given apart.",
      },
    ],
    readMore: 'https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const takesConnections = async () => {
      await lesson
        .client('deployment/database')
        .witness(
          'PostgreSQL takes connections',
          ['pg_isready', '-h', '127.0.0.1'],
          ({ exitCode, stdout }) => exitCode === 0 && stdout.includes('accepting connections'),
        );
    };

    await lesson.step('One way of the text: create the database with its variable in one command', async () => {
      const refused = await lesson.attempt('kubectl', ...create, '--env=POSTGRES_PASSWORD=secret');
      await lesson.check(
        'kubectl knows no such flag, and creates nothing',
        { exitCode: refused.exitCode, says: refused.stderr.trim() },
        ({ exitCode, says }) => exitCode !== 0 && says.includes('unknown flag: --env'),
      );
      const made = await lesson.kubectl('get', 'deployments', '-o', 'name');
      await lesson.check('there is no database', made.stdout, (names) => !names.includes('database'));
    });

    await lesson.step('The other way: create it first, and the pod fails and fails again', async () => {
      await lesson.kubectl(...create.slice(2));
      await lesson.witness('the image refuses to start without a password', databaseLog, (log) =>
        log.includes('superuser password is not specified'),
      );
      await lesson.witness('its container is not ready and was restarted', status, (seen) =>
        lines(seen).every((line) => line.startsWith('false ') && line !== 'false 0'),
      );
    });

    await lesson.step('And then set the password: a second pod starts, and anyone may read why', async () => {
      await lesson.kubectl('set', 'env', 'deployment/database', 'POSTGRES_PASSWORD=secret');
      await lesson.kubectl('rollout', 'status', 'deployment/database', '--timeout=80s');
      // A pod without a readiness probe counts as ready while it still sets itself up, and cannot be stopped in haste.
      await takesConnections();
      await lesson.check('the password stands in the Deployment', (await lesson.kubectl(...template)).stdout, (env) =>
        env.includes('"value":"secret"'),
      );
      await lesson.kubectl('delete', 'deployment', 'database', '--cascade=foreground');
    });

    await lesson.step('The manifest brings the database and its Secret together', async () => {
      await lesson.apply('20-database.yaml');
    });

    await lesson.step('After: it is ready at the first attempt', async () => {
      await lesson.witness('one pod is ready and was never restarted', status, (seen) => seen.trim() === 'true 0');
      await takesConnections();
      await lesson.check(
        'the Deployment names a Secret, not a password',
        (await lesson.kubectl(...template)).stdout,
        (env) => env.includes('"secretKeyRef"') && !env.includes('"value"'),
      );
    });

    await lesson.step('And the three tiers are there, each behind an address of its own', async () => {
      await lesson.witness(
        'two frontends, three backends and one database are ready',
        readyReplicas,
        (list) => ['frontend 2', 'backend 3', 'database 1'].toSorted().join() === lines(list).toSorted().join(),
      );
      const found = lines((await lesson.kubectl(...services)).stdout).map((line) => line.split(' '));
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
