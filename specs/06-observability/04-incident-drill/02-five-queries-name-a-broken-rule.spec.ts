import { type DrillFault, exercise, IncidentDrill } from '../../../helpers/index.ts';

const namespace = 'm6-e4-drill';
const faults: readonly DrillFault[] = [
  { file: '20-refusing-policy.yaml', kind: 'refused by policy', component: 'backend' },
  { file: '30-missing-subset.yaml', kind: "ended by the caller's proxy", component: 'calls of frontend, flag NC' },
  { file: '40-no-names.yaml', kind: 'caller fell silent', component: 'frontend → backend' },
];

exercise(
  'Five fixed queries name a refusing policy, a missing subset and a caller without names',
  {
    persona: 'Lisa Andersson',
    question: 'Customers get errors, and the log of the service that they depend on is empty. Where do I look?',
    proof:
      'A shop calls all the time. Three faults come in an order that is drawn while the lesson runs; its seed stands in the report. Five queries are asked, always the same and all at once, and they name no component. The function that judges the answers gets them and the list of pods of each Service, and nothing else. Its verdict has to stand for three seconds, in which the proxies are asked anew, before it is compared with what was broken. Of the missing subset it knows the flag NC on the calls of the frontend, and of the names that are not found that the frontend no longer calls the backend; which rule or which name, it does not say. Before each fault and after each repair the same function says healthy while both services are called. At the moment of each verdict all pods are Running and Ready, no new event is a warning, and who searches for the word error in what the applications wrote in the last three seconds finds nothing: they log statuses. In these seconds the frontend has logged 502 only, for each of the three, and the backend no call. None of the lines with 502 has the name of the backend or a reason.',
    takeaway:
      'A call that never arrives is in no log of the called: ask the proxy of the caller, and look for traffic that is missing.',
    needs: ['k8s', 'sidecar', 'prom', 'netpol'],
    proves: ['m6.e4.a1', 'm6.e4.a2', 'm6.e4.a3', 'm6.e4.a4'],
    readMore: 'https://istio.io/latest/docs/ops/common-problems/network-issues/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const drill = new IncidentDrill(lesson, cluster, namespace, 2);
    await drill.through(faults, {
      name: 'the component',
      shows: '502 at the front, and no reason',
      look: async () => {
        await drill.looksWellToKubectl(
          'the frontend has logged 502 only, the backend no call',
          (logged) => [...logged.keys()].join() === 'frontend 502',
        );
        // Where names are looked up in vain a call takes seconds, so few of them end in the last three.
        const log = ['logs', 'deployment/frontend', '-c', 'server', '--since=15s'];
        // Times and counts may hold a 403 by chance.
        const lines = (await cluster.kubectl(...log)).stdout
          .split('\n')
          .filter((line) => line.includes('"status":502'))
          .map((line) => line.replaceAll(/"(time|connection|durationMs)":("[^"]*"|\d+),?/g, ''));
        await lesson.check(
          'none of these lines has the name of the backend, or a reason',
          {
            lines: lines.length,
            telling: lines.filter((line) => /backend|403|503|rbac|subset|v9|resolv|ENOT|EAI/i.test(line)),
          },
          (seen) => seen.lines > 0 && seen.telling.length === 0,
        );
      },
    });
  },
);
