import { apiAuditCommand, exercise, readApiAudit } from '../../../helpers/index.ts';

const namespace = 'm8-e8-changed';
const files = 'fixtures/08-integration/08-change-control/05-who-changed-the-rule/files';
const developer = `system:serviceaccount:${namespace}:developer`;
/** What the API server has noted of this namespace. */
const ofNamespace = (log: string) => readApiAudit(log).filter((request) => request.namespace === namespace);
const tell = (log: string) =>
  ofNamespace(log)
    .map(({ user, verb, resource, name, code }) => `${user} ${verb} ${resource} ${name || '(name not read)'}: ${code}`)
    .join('\n') || 'nothing';
/** Ids that the API server gave its answers, as kubectl prints them at this level. */
const auditIds = (said: string) => Array.from(said.matchAll(/audit-id:\s*([\da-f-]{36})/gi), ([, id = '']) => id);

exercise(
  'The audit log of the API server tells who changed a rule, and who tried to',
  {
    persona: 'Ahmed Hassan',
    question: 'A rule of the mesh has changed. Who did it, and who tried something that was refused?',
    proof:
      'A developer may make routes in one namespace, and nothing else. Under that account a route is created and the switching off of mutual TLS is refused. The audit log of the API server had no line of that namespace since it was made, and then has exactly two: one for the route with the code 201, and one for the refused policy with 403, both with the account of the developer. The id of each line is among those that kubectl printed with the answer. Neither line has content of an object.',
    takeaway:
      'Who changed a rule, and who tried to, is in the audit log of the API server; who was refused by a rule is in the log of a proxy.',
    needs: ['k8s', 'sidecar', 'audit-log'],
    proves: ['m8.e8.a11'],
    readMore: 'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    // A namespace of that name may have been there before, in another run.
    const madeAt = ['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.creationTimestamp}'];
    const auditLog = apiAuditCommand((await cluster.kubectl(...madeAt)).stdout.trim());
    const create = async (file: string) => {
      const words = ['create', '-f', `${files}/${file}`, '--as', developer, '-v=8'];
      const { exitCode, stdout, stderr } = await cluster.attempt('kubectl', ...words);
      return { exitCode, said: `${stdout}${stderr}` };
    };

    await lesson.step('Before: the API server has noted nothing of this namespace since it was made', async () => {
      await cluster.eventually(
        'the audit log can be read, and has no request for this namespace since it was made',
        auditLog,
        (log) => readApiAudit(log).length > 0 && ofNamespace(log).length === 0,
        'kubectl',
        {
          // Of a quiet cluster there may be no other line: this one is somebody else's, and refused as invalid.
          beforeEachLook: async () =>
            cluster.attempt('kubectl', 'delete', 'virtualservice', 'nobody', '--namespace', 'default'),
          tell: (log) => `${readApiAudit(log).length} requests, of this namespace ${ofNamespace(log).length}`,
        },
      );
    });

    await lesson.step('A role lets the developer make routes', async () => {
      await cluster.change('20-may-route.yaml');
      // With --list it ends with 0 also where something is not allowed.
      await cluster.eventually(
        'the developer may create VirtualServices',
        ['auth', 'can-i', '--list', '--namespace', namespace, '--as', developer],
        (rights) => /^virtualservices\.networking\.istio\.io\s.*\bcreate\b/m.test(rights),
        'kubectl',
        { tell: (rights) => /^virtualservices\..*$/m.exec(rights)?.[0] ?? '' },
      );
    });

    await lesson.step('After: the developer makes a route, and is refused another thing', async () => {
      const route = await create('route.yaml');
      const policy = await create('no-mutual-tls.yaml');
      await lesson.check(
        'the route is created, and the policy is refused by its name',
        {
          route: route.exitCode,
          policy: policy.exitCode,
          said: /Error from server \(Forbidden\).*$/m.exec(policy.said)?.[0] ?? '',
        },
        (seen) => seen.route === 0 && seen.policy === 1 && seen.said.includes('peerauthentications'),
      );
      const log = await cluster.eventually(
        'since this namespace was made the audit log has one line of each, with the account of the developer and the code',
        auditLog,
        (text) =>
          tell(text) ===
          `${developer} create virtualservices claims: 201\n${developer} create peerauthentications (name not read): 403`,
        'kubectl',
        { tell },
      );
      const [made, refused] = ofNamespace(log);
      await lesson.check(
        'the id of each line is one that kubectl printed with its answer, and not the same',
        { made: made?.id, refused: refused?.id, printed: [auditIds(route.said), auditIds(policy.said)] },
        () =>
          made !== undefined &&
          refused !== undefined &&
          made.id !== refused.id &&
          auditIds(route.said).includes(made.id) &&
          auditIds(policy.said).includes(refused.id),
      );
      await lesson.check(
        'both were typed by the administrator of this lab, acting as the developer',
        [made?.actingUser, refused?.actingUser],
        (users) => users.every((user) => user !== undefined && user !== '' && user !== developer),
      );
      await lesson.check(
        'neither line has the object that was sent or the one that was answered',
        [made, refused].map(
          (each) => log.split('\n').find((line) => each !== undefined && line.includes(each.id)) ?? '',
        ),
        (lines) =>
          lines.length === 2 &&
          lines.every((line) => line !== '' && !/"(?:requestObject|responseObject)"|timeout|"spec"/.test(line)),
      );
    });
  },
);
