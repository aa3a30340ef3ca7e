import { exercise, readAccessLog } from '../../../helpers/index.ts';

const jobs = { native: 3, old: 2, held: 2 } as const;
type Job = keyof typeof jobs;
const names = Object.keys(jobs) as Job[];
const sidecars: Readonly<Record<Job, string>> = {
  native: 'native sidecar',
  old: 'old-style sidecar',
  held: 'old-style, holds the application back',
};
/** A line for each pod: its Job, its phase, the exit code of the one call, whether the proxy runs, and where it stands. */
const pods = [
  'get',
  'pods',
  '-l',
  'role=job',
  '--sort-by=.metadata.labels.app',
  '-o',
  'jsonpath={range .items[*]}{.metadata.labels.app} {.status.phase} exit={.status.containerStatuses[?(@.name=="work")].state.terminated.exitCode}' +
    ' running={.status.containerStatuses[?(@.name=="istio-proxy")].state.running.startedAt} {.spec.initContainers[*].name}/{.spec.containers[*].name}{"\\n"}{end}',
];
/** A line for each Job: its name, how many of its pods succeeded, and what Kubernetes says of it. */
const states = [
  'get',
  'jobs',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.succeeded}/{.spec.completions} {.status.conditions[?(@.status=="True")].type}{"\\n"}{end}',
];
/** How long it is watched that a Job does not end. */
const staysMs = 2_500;
/** And how long that its proxies run on: longer than an old-style one takes to stop, which is five seconds. */
const runsOnMs = 6_000;

exercise(
  'Job makes its first call and comes to its end only with a native sidecar',
  {
    persona: 'Marcus Chen',
    question: 'Our nightly jobs are one call and then they end. What becomes of them in the mesh?',
    proof: `Three Jobs make the same single call as the first thing they do, and end; they differ in two annotations. The exit code of that call is what Kubernetes reports of the container, and the server has a line for each call that arrived, and none of the others. Where the old-style proxy starts beside the application, the call is refused in both pods; where it holds the application back, or is native, it arrives, and the answer carries what a proxy adds, so it did not go around it. Then the work is done in all seven pods: the Job with native sidecars is Complete, the other two are not, with a proxy that runs on in each of their pods, for ${runsOnMs / 1_000} seconds.`,
    takeaway:
      'With native sidecars a Job needs no setting: the proxy is there before the first call and goes after the last; an old-style one keeps the Job from ending.',
    needs: ['sidecar', 'native-sidecar'],
    proves: ['m5.e6.a5', 'm5.e6.a6'],
    errata: ['E513'],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const callsIn = (log: string, job: Job) => readAccessLog(log).filter(({ path }) => path === `/?key=${job}`).length;

    await lesson.step('Before: the server is there, and nobody has called it', async () => {
      const log = (await cluster.kubectl('logs', 'deployment/server', '--tail=-1')).stdout;
      await lesson.check('it listens, and has no line of a call', log, (text) => {
        return text.includes('"says":"listening"') && readAccessLog(text).length === 0;
      });
    });

    await lesson.step('Three Jobs start: one call each, then the work is done', async () => {
      await cluster.change('20-jobs.yaml');
    });

    await lesson.step('After: the first call fails only where the proxy starts beside the application', async () => {
      const exits: Readonly<Record<Job, number>> = { native: 0, old: 7, held: 0 };
      const list = await cluster.eventually(
        'the call has ended in all seven pods: well in five, and refused in two (curl 7)',
        pods,
        (text) =>
          names.every(
            (job) => exitsOf(text, job).join() === Array.from({ length: jobs[job] }, () => exits[job]).join(),
          ),
      );
      const log = await cluster.eventually(
        'the server has three calls of native sidecars, two of the old-style ones that hold back, none of the others',
        ['logs', 'deployment/server', '--tail=-1'],
        (text) => names.every((job) => callsIn(text, job) === (exits[job] === 0 ? jobs[job] : 0)),
      );
      for (const job of ['native', 'held'] as const)
        await lesson.check(
          `each answer that ${job} got came by its proxy`,
          (await cluster.kubectl('logs', '-l', `app=${job}`, '--container', 'work', '--tail=-1')).stdout,
          (answers) => [...answers.matchAll(/^server: envoy\r?$/gim)].length === jobs[job],
        );
      await lesson.check(
        'the proxy of the first Job is an init container, those of the others are ordinary containers',
        list,
        (text) =>
          /^native .*\bistio-proxy\/work$/m.test(text) &&
          /^old .*\/work istio-proxy$/m.test(text) &&
          /^held .*\/istio-proxy work$/m.test(text),
      );
      lesson.table(
        'The first call of each pod',
        ['sidecar', 'exit codes of curl', 'calls that arrived'],
        names.map((job) => [sidecars[job], exitsOf(list, job).join(', '), `${callsIn(log, job)}`]),
      );
    });

    await lesson.step('And the Job ends only with native sidecars', async () => {
      await cluster.eventually('that Job is complete', states, (text) =>
        new RegExp(`^native ${jobs.native}/${jobs.native} .*\\bComplete\\b`, 'm').test(text),
      );
      await cluster.eventually(
        'the other two are neither complete nor failed, though their work is done',
        states,
        (text) => ['old', 'held'].every((job) => new RegExp(`^${job} /2 ?$`, 'm').test(text)),
        'kubectl',
        { staysMs },
      );
      await cluster.eventually(
        'its pods have ended, and in each pod of the other two the proxy still runs',
        pods,
        (text) =>
          [...text.matchAll(/^native Succeeded exit=0 running= /gm)].length === jobs.native &&
          [...text.matchAll(/^(old|held) Running exit=\d running=\S+ /gm)].length === jobs.old + jobs.held,
        'kubectl',
        { staysMs: runsOnMs },
      );
    });
  },
);

/** Exit codes of the one call, of the pods of one Job in which it has ended. */
function exitsOf(list: string, job: Job): number[] {
  return Array.from(list.matchAll(new RegExp(`^${job} \\S+ exit=(\\d+) `, 'gm')), ([, code]) => Number(code));
}
