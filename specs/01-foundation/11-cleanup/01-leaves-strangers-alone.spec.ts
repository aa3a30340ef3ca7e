import { exercise } from '../../../helpers/index.ts';

const everything = [
  'get',
  'deployments,services,pods,networkpolicies,peerauthentications,authorizationpolicies',
  '-o',
  'jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\\n"}{end}',
];

exercise(
  'Cleanup takes away what the course made, and nothing else',
  {
    persona: 'Sarah Martinez',
    question:
      'The trial is over. How do I get rid of it without touching what my colleagues run in the same namespace?',
    proof:
      'What is in the namespace is listed before the course arrives and after it has left, and the lists are the same; in between they are not. The labels of the namespace are compared too, and a pod of somebody else was never restarted. Cleaning up twice is no error. The line of the course text is run last: it takes the stranger, and leaves everything that a controller makes again, and every policy.',
    takeaway: 'Delete by the files that you applied, never by "all".',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.clean.a1'],
    errata: ['E149'],
    readMore: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/object-management/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    let before = '';
    const bystander = [
      'get',
      'pod',
      'bystander',
      '-o',
      'jsonpath={.metadata.uid} {.status.phase} {.status.containerStatuses[0].restartCount}',
    ];
    const labels = ['get', 'namespace', 'm1-clean-shared', '-o', 'jsonpath={.metadata.labels}'];
    let stranger = '';
    let labelled = '';

    await lesson.step('Before: a stranger lives here', async () => {
      before = (await cluster.kubectl(...everything)).stdout;
      stranger = (await cluster.kubectl(...bystander)).stdout;
      labelled = (await cluster.kubectl(...labels)).stdout;
      await lesson.check('the stranger runs', stranger, (state) => state.endsWith('Running 0'));
    });

    await lesson.step('The course moves in', async () => {
      await cluster.change('20-course.yaml');
      await cluster.eventually('workload, Service and three policies have come', everything, (list) =>
        [
          'Deployment/frontend',
          'Service/frontend',
          'NetworkPolicy/',
          'PeerAuthentication/',
          'AuthorizationPolicy/',
        ].every((object) => list.includes(object)),
      );
    });

    await lesson.step('After: it moves out by the file it came with', async () => {
      await cluster.revert('20-course.yaml');
      await cluster.eventually('the namespace holds what it held before', everything, (list) => list === before);
      await cluster.eventually('and its labels are those of before', labels, (text) => text === labelled);
      await lesson.check(
        'the stranger was not touched',
        (await cluster.kubectl(...bystander)).stdout,
        (state) => state === stranger,
      );
    });

    await lesson.step('And cleaning up again is no error', async () => {
      const again = [
        'delete',
        '--ignore-not-found',
        '-f',
        'fixtures/01-foundation/11-cleanup/01-leaves-strangers-alone/20-course.yaml',
      ];
      await cluster.kubectl('--namespace', 'm1-clean-shared', ...again);
    });

    await lesson.step('The way of the course text: all pods of the namespace, and nothing besides', async () => {
      await cluster.change('20-course.yaml');
      await cluster.kubectl('delete', 'pods', '--all', '--timeout=60s');
      await cluster.eventually(
        'the stranger is gone, and workload, Service and the three policies are still there',
        everything,
        (list) =>
          !list.includes('Pod/bystander') &&
          [
            'Deployment/frontend',
            'Service/frontend',
            'NetworkPolicy/',
            'PeerAuthentication/',
            'AuthorizationPolicy/',
          ].every((object) => list.includes(object)),
      );
    });
  },
);
