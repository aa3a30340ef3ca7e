import { type DrillFault, exercise, IncidentDrill } from '../../../helpers/index.ts';

const namespace = 'm6-e4-drill';
const faults: readonly DrillFault[] = [
  { file: '20-slow-pod.yaml', kind: 'slow pod', component: 'backend-c' },
  { file: '30-failing-pod.yaml', kind: 'failing pod', component: 'backend-d' },
];

exercise(
  'Five fixed queries name a slow pod and a failing pod',
  {
    persona: 'Lisa Andersson',
    question: 'Something is slow, or fails now and then. How long is it from the alert to the pod, with evidence?',
    proof:
      'A shop calls all the time. Two faults come in an order that is drawn while the lesson runs; its seed stands in the report. Five queries are asked, always the same and all at once, and they name no component. The function that judges the answers gets them and the list of pods of each Service, and nothing else. Its verdict has to stand for three seconds, in which the proxies are asked anew, before it is compared with what was broken. Before each fault and after each repair the same function says healthy while both services are called. At the moment of each verdict all pods are Running and Ready, no new event is a warning, and who searches for the word error in what the applications wrote in the last three seconds finds nothing: they log statuses. For the failing pod the status 500 stands in the log of that pod; for the slow one the log has answers of 200 only. The log of this test server has durations too, which many applications do not write; they are not looked at.',
    takeaway: 'A sick pod is found by comparing it with its siblings, and the proxies have the figures of each pod.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m6.e4.a1', 'm6.e4.a2', 'm6.e4.a3', 'm6.e4.a4'],
    readMore: 'https://istio.io/latest/docs/reference/config/metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const drill = new IncidentDrill(lesson, cluster, namespace, 2);
    await drill.through(faults, {
      name: 'the pod',
      shows: 'pods that are Ready, no warning, and no error',
      look: async (fault) => {
        const isSlow = fault.kind === 'slow pod';
        await drill.looksWellToKubectl(
          isSlow ? 'they have logged 200 only' : 'the one with the 500 is the log of the pod itself',
          (logged) => {
            const kinds = [...logged.keys()].toSorted().join();
            return isSlow
              ? kinds === 'backend 200,backend-c 200,frontend 200'
              : kinds === 'backend 200,backend-d 500,frontend 200,frontend 502';
          },
        );
      },
    });
  },
);
