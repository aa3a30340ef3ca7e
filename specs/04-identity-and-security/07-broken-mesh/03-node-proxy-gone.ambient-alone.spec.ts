import {
  answered,
  between,
  type Client,
  closedByNodeProxy,
  connectionRefused,
  exercise,
  failures,
  hitsIn,
  type Load,
  madeAt,
  moments,
  notResolved,
  type Outcome,
  readAccessLog,
  readZtunnelLog,
  type Reply,
  serverLogCommand,
  tally,
  timeline,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm4-e7-node';
const outside = `${namespace}-legacy`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const served = answered(200, '"pod":"backend-');
/** Calls between pods outside while ztunnel is gone. */
const calls = 40;
/** How long the backend takes for two open calls: one ends while ztunnel waits for it, the other would end long after. */
const openSeconds = { short: 15, long: 80 };
/** From SIGTERM to the end of its process; then the kubelet kills what is left. */
const stopsMs = 60_000;
/** Nobody forbids the lookup: enrolled pods make it through ztunnel. */
const nameNotLookedUp: Outcome = { ...notResolved, verdict: 'broken' };
const onNodes = ['get', 'pods', '--namespace', 'istio-system', '-l', 'app=ztunnel', '-o', 'name'];
const readyOfWanted = [
  'get',
  'daemonset',
  'ztunnel',
  '--namespace',
  'istio-system',
  '-o',
  'jsonpath={.status.numberReady} of {.status.desiredNumberScheduled}',
];
/** Pods of the namespace: which they are, how often their containers were restarted, and whether they are Ready. */
const pods = [
  'get',
  'pods',
  '--sort-by=.metadata.name',
  '-o',
  String.raw`jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} restarts={.status.containerStatuses[*].restartCount} ready={.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}`,
];
const stops = 'ztunnel is to stop';
const isGone = 'ztunnel is gone';
const returns = 'ztunnel is to come back';

/** A call that takes long, as curl tells of it in the end. */
interface OpenCall {
  /** 0 where no answer came. */
  readonly status: number;
  readonly seconds: number;
  readonly curlExit: number;
}

exercise(
  'Without ztunnel nobody who is enrolled calls or is called, and pods outside go on',
  {
    persona: 'Sarah Martinez',
    question:
      'The CISO asks about ambient mode: now one program on each node enforces everything. If it stops, does every door of that node stand open?',
    proof:
      'Three callers make about twenty calls a second while a node selector that no node meets takes ztunnel away: the frontend, which the rule admits, an attacker with an account of its own, and a caller who is not enrolled. All three were answered before the rule and STRICT, and after them ztunnel refused two of them, each for its reason. While ztunnel waits for two calls that are open, new connections find nobody already; of the two the one that ends soon is answered, and the other is cut. While it is gone the frontend reaches neither the backend nor a pod outside of the mesh, and its names are not looked up; the two refused callers find nobody either. That is an outage and no refusal, and it lets nobody in: neither of them ever gets an answer, and the log of the backend has no line of theirs. Between pods outside forty calls are answered at that moment, and the pods of the mesh are Ready all the while. When ztunnel is back, the same pods are served and refused as before, without a restart.',
    takeaway:
      'A ztunnel that is gone lets nobody in and nothing out, for every enrolled pod of its node at once, and readiness does not show it. Alert on ztunnel itself.',
    needs: ['k8s', 'ambient'],
    proves: ['m4.e7.a4'],
    errata: ['E145'],
    readMore: 'https://istio.io/latest/docs/ambient/architecture/traffic-redirection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('deployment/attacker');
    const legacy = cluster.client('pod/legacy', outside);
    const addressOf = async (service: string, where: string) =>
      (await cluster.kubectl('get', 'service', service, '--namespace', where, '-o', 'jsonpath={.spec.clusterIP}'))
        .stdout;
    // By address: names of enrolled pods are looked up through ztunnel too, and what fails is to be the call.
    const backend = `http://${await addressOf('backend', namespace)}/`;
    const neighbour = `http://${await addressOf('neighbour', outside)}/`;
    const work = frontend.curl(backend);
    const attack = attacker.curl(backend);
    const plaintext = legacy.curl(backend);
    const wayOut = frontend.curl(neighbour);
    const byName = frontend.curl(`http://backend.${namespace}/`);
    const amongOthers = legacy.curl(`http://neighbour.${outside}/`);
    const fromNeighbour = answered(200, '"pod":"neighbour-');
    const { stdout: podsBefore } = await cluster.kubectl(...pods);
    const { stdout: readyBefore } = await cluster.kubectl(...readyOfWanted);

    /** Sees that the backend refuses the attacker and the caller outside, each for its reason. */
    const refusesBoth = async () => {
      await attack.settlesOn(closedByNodeProxy);
      await plaintext.settlesOn(closedByNodeProxy);
      await work.settlesOn(served);
      await cluster.eventually(
        'the log of ztunnel has both refusals: one for the rule, one for STRICT',
        ztunnelLog,
        (log) => refusals(log).attacker !== undefined && refusals(log).stranger !== undefined,
        'kubectl',
        { tell: (log) => Object.values(refusals(log)).join('\n') },
      );
    };

    await lesson.step('Before the rule whoever asks is answered', async () => {
      await work.settlesOn(served);
      await attack.settlesOn(served);
      await plaintext.settlesOn(served);
      await byName.settlesOn(served);
      await wayOut.settlesOn(fromNeighbour);
      await amongOthers.settlesOn(fromNeighbour);
    });

    await lesson.step('STRICT and a rule: the frontend alone is, and ztunnel refuses the others', async () => {
      await cluster.deploy('15-only-frontend.yaml');
      await refusesBoth();
    });

    const loads: { attacker?: Load; legacy?: Load } = {};
    const open: { short?: OpenCall; long?: OpenCall } = {};
    const frontends = await frontend.whileCalling([`${backend}?from=frontend`], async (load) => {
      loads.attacker = await attacker.whileCalling([`${backend}?from=attacker`], async () => {
        loads.legacy = await legacy.whileCalling([`${backend}?from=legacy`], async () => {
          await load.calls(20);
          open.long = await whileOpen(frontend, 'long', backend, async (isLongOpen) => {
            open.short = await whileOpen(frontend, 'short', backend, async (isShortOpen) => {
              await lesson.step('ztunnel is to run on no node: new calls find nobody, open ones go on', async () => {
                await load.mark(stops);
                await cluster.changeDaemonSet('20-on-no-node.yaml');
                await work.settlesOn(connectionRefused);
                await lesson.check(
                  'meanwhile both calls that were open are open still',
                  { short: isShortOpen(), long: isLongOpen() },
                  ({ short, long }) => short && long,
                );
              });
            });
            await lesson.step('Its process ends when it has waited for open calls', async () => {
              await cluster.eventually('no ztunnel is left', onNodes, (list) => list === '', 'kubectl', {
                settleMs: stopsMs,
                tell: () => 'no pod is listed',
              });
              await load.mark(isGone);
            });
          });
          await lesson.step('The short call was answered, and the long one was cut', async () => {
            await lesson.check(
              `the one of ${openSeconds.short} s is answered`,
              open.short,
              (call) => call?.status === 200 && call.curlExit === 0 && call.seconds >= openSeconds.short,
            );
            await lesson.check(
              `the one of ${openSeconds.long} s ends before its time, without an answer`,
              open.long,
              (call) => call?.status === 0 && [52, 56].includes(call.curlExit) && call.seconds < openSeconds.long,
            );
          });
          await lesson.step('ztunnel is gone: nothing gets in, nothing gets out, and pods outside go on', async () => {
            await work.settlesOn(connectionRefused);
            await byName.settlesOn(nameNotLookedUp);
            await wayOut.settlesOn(connectionRefused);
            await attack.settlesOn(connectionRefused);
            await plaintext.settlesOn(connectionRefused);
            await amongOthers.settlesOn(fromNeighbour);
            await lesson.check(
              `of ${calls} calls between pods outside none fails`,
              failures(await legacy.newConnections(calls, neighbour)),
              ({ calls: all, failed }) => all === calls && failed === 0,
            );
          });
          await lesson.step('Kubernetes notices nothing: the probes of the node go past ztunnel', async () => {
            await cluster.eventually(
              'each pod is Ready',
              pods,
              (list) => list === podsBefore && !list.includes('ready=False'),
              'kubectl',
              { staysMs: 5_000 },
            );
          });
          await lesson.step('ztunnel comes back on every node, and the frontend is served', async () => {
            await load.mark(returns);
            await cluster.rollBackDaemonSet('20-on-no-node.yaml');
            await cluster.eventually('as many are ready as before', readyOfWanted, (now) => now === readyBefore);
            await work.settlesOn(served);
            await load.calls(20);
          });
        });
      });
    });

    await lesson.step('Of all these calls, no refused caller was let in at any moment', async () => {
      await lesson.show(
        'How the calls of the frontend ended',
        timeline(moments(frontends.replies, ending), frontends.milestones),
      );
      await lesson.check(
        'the calls of the frontend are answered before, and every one that begins while ztunnel is gone finds nobody',
        { before: kinds(between(frontends, '', stops)), gone: kinds(between(frontends, isGone, returns)) },
        ({ before, gone }) => Object.keys(before).join() === 'HTTP 200' && Object.keys(gone).join() === outage,
      );
      for (const [name, load] of Object.entries(loads)) {
        await lesson.check(
          `calls of the ${name} end as refusals do, or find nobody, and none is answered`,
          kinds(load.replies),
          (seen) =>
            Object.keys(seen).some((kind) => isRefusal(kind)) &&
            seen[outage] !== undefined &&
            Object.keys(seen).every((kind) => isRefusal(kind) || kind === outage),
        );
      }
      await cluster.eventually(
        'the log of the backend has calls of the frontend, and none of the other two',
        serverLogCommand('deployment/backend'),
        (log) => linesFrom(log, 'frontend') > 0 && linesFrom(log, 'attacker') === 0 && linesFrom(log, 'legacy') === 0,
        'kubectl',
        { staysMs: 1_000, tell: (log) => `${linesFrom(log, 'frontend')} of the frontend, 0 of the others` },
      );
      const back = frontends.milestones.find(({ label }) => label === returns)?.seconds ?? Number.NaN;
      const first = frontends.replies.find(({ at, status }) => at >= back && status === 200)?.at ?? Number.NaN;
      await lesson.measure(
        'm4.e7.a4',
        'from the command that brings ztunnel back to the first answer',
        first - back,
        'seconds',
      );
    });

    await lesson.step('After: it is as before, with the same pods', async () => {
      await refusesBoth();
      await cluster.eventually('no pod was replaced or restarted', pods, (list) => list === podsBefore);
    });

    await lesson.step('And without the rule and STRICT all are answered', async () => {
      await cluster.revert('15-only-frontend.yaml');
      await attack.settlesOn(served);
      await plaintext.settlesOn(served);
    });
  },
);

/** Nobody listens where connections of enrolled pods are led to. */
const outage = 'curl 7';

/** True where ztunnel has closed a connection. */
function isRefusal(kind: string): boolean {
  return /^curl (52|56)$/.test(kind);
}

/** How one call ended, in a few words. */
function ending({ status, curlExit }: Reply): string {
  return status === 0 ? `curl ${curlExit}` : `HTTP ${status}`;
}

function kinds(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, ending));
}

function linesFrom(log: string, from: string): number {
  return readAccessLog(log).filter(({ path }) => path === `/?from=${from}`).length;
}

/** The latest refusals in the log of ztunnel: of the attacker by the rule, and of the caller outside by STRICT. */
function refusals(log: string): { readonly attacker: string | undefined; readonly stranger: string | undefined } {
  const inbound = readZtunnelLog(log).filter(
    ({ direction, to }) => direction === 'inbound' && to.namespace === namespace && to.workload.startsWith('backend-'),
  );
  return {
    attacker: inbound.findLast(
      ({ from, error }) => from.identity === identity('attacker') && error.includes('allow policies exist'),
    )?.text,
    stranger: inbound.findLast(
      ({ from, error }) => from.workload === 'legacy' && from.identity === '' && error.includes('static_strict'),
    )?.text,
  };
}

/** Makes a call that the backend answers after its time, and does something once the backend has got it. */
async function whileOpen(
  caller: Client,
  key: keyof typeof openSeconds,
  url: string,
  during: (isOpen: () => boolean) => Promise<void>,
): Promise<OpenCall> {
  const seconds = openSeconds[key];
  const note = String.raw`\n@call %{http_code} %{time_total} %{exitcode}\n`;
  const curl = `curl --silent --show-error --max-time ${seconds + 10} --write-out '${note}' '${url}?delay=${seconds}s&key=${key}'`;
  const { stdout } = await caller.whileRunning(['sh', '-c', `echo begun; ${curl}`], async (printed) => {
    await caller.eventually(
      'the backend has got the call',
      ['curl', '--silent', '--max-time', '3', `${url}hits?key=${key}`],
      (asked) => hitsIn(asked.stdout) === 1,
    );
    await during(() => !printed().includes('@call '));
  });
  const [, status, took, curlExit] = /^@call (\d+) ([\d.]+) (\d+)$/m.exec(stdout) ?? [];
  return { status: Number(status), seconds: Number(took), curlExit: Number(curlExit) };
}
