import {
  answered,
  answeringPod,
  between,
  endsAs,
  exercise,
  failures,
  forbidden,
  type Load,
  madeAt,
  moments,
  podOf,
  readZtunnelLog,
  type Reply,
  tally,
  timeline,
  timeouts,
  upstreamConnectError,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm3-e6-shop';
const clients = 'm3-e6-clients';
const backend = `http://backend.${namespace}/`;
/** Calls to look at while both data planes answer; that one of three pods gets none of them has a chance of (2/3)^40. */
const mixedCalls = 40;
/** Calls after a move is complete: some ten seconds. */
const held = 200;
/** Ready pods of the backend: name, whether a sidecar is in it, and what ambient says of it. */
const pods = [
  'get',
  'pods',
  '-l',
  'app=backend',
  '--sort-by=.metadata.name',
  '-o',
  String.raw`jsonpath={range .items[*]}{.metadata.name} ready={.status.conditions[?(@.type=="Ready")].status} containers={.spec.initContainers[*].name},{.spec.containers[*].name} redirection={.metadata.annotations.ambient\.istio\.io/redirection} ends={.metadata.deletionTimestamp}{"\n"}{end}`,
];

/** A pod of the backend. */
interface Backend {
  readonly name: string;
  readonly ready: boolean;
  readonly dataPlane: 'sidecar' | 'ambient' | 'none' | 'both';
}

exercise(
  'A namespace moves from sidecars to ambient and back under load, and loses no call',
  {
    persona: 'Jennifer',
    question:
      'We have sidecars in production. How do we move a namespace while customers buy, and what is the way back?',
    proof:
      'Two pods of a shop are called some twenty times a second by a frontend and by an attacker, both with sidecars, under STRICT and a rule that admits the frontend alone; before the rule the attacker was answered. The namespace changes its label and its pods are replaced one by one. The replacement is halted half-way, and of the calls made then some are answered by a pod with a sidecar and some by one in ambient, under one name. Then it is completed, ten seconds of calls go by, and all is taken back, with both labels until the last pod of ambient is gone, since a namespace that leaves cuts what its pods have open. No call of the frontend ended with anything else than 200, and no call of the attacker with it: each was refused by a sidecar or by ztunnel. A connection that fails once is tried again by the sidecar of the caller, which belongs to what was seen. When the rule is gone, the attacker is answered.',
    takeaway:
      'Moving from sidecars to ambient, and back, replaces every pod; with the labels in the right order no customer notices it, and no stranger gets in.',
    needs: ['k8s', 'ambient', 'sidecar'],
    proves: ['m3.e6.a2', 'm3.e6.a5'],
    readMore: 'https://istio.io/latest/docs/ambient/migrate/enable-ambient-mode/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend', clients);
    const attacker = cluster.client('deployment/attacker', clients);
    const work = frontend.curl(backend);
    const attack = attacker.curl(backend);
    const served = answered(200, '"pod":"backend-');
    /** Waits until the pods of the backend are of these data planes, and are Ready. */
    const pieces = async (says: string, ...wanted: readonly Backend['dataPlane'][]) => {
      const holds = (list: string) => {
        const now = readBackends(list);
        const dataPlanes = now.map(({ dataPlane }) => dataPlane).toSorted();
        return now.every(({ ready }) => ready) && dataPlanes.join() === wanted.join();
      };
      return readBackends(await cluster.eventually(says, pods, holds, 'kubectl', { settleMs: timeouts.podsReadyMs }));
    };
    const rolledOut = async () => cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');

    await lesson.step('Before the rule both callers are answered', async () => {
      await work.settlesOn(served);
      await attack.settlesOn(served);
    });

    await lesson.step('With the rule the frontend alone is, by pods with sidecars', async () => {
      await cluster.deploy('15-frontend-only.yaml');
      await attack.settlesOn(forbidden);
      await work.settlesOn(served);
    });

    const seen: Backend[] = await pieces('both pods have a sidecar', 'sidecar', 'sidecar');
    let attacks: Load | undefined;
    let mixed: readonly Backend[] = [];
    const load = await frontend.whileCalling([backend], async (running) => {
      attacks = await attacker.whileCalling([backend], async (attacking) => {
        await lesson.step('Under load the namespace changes its label, and the first of its pods', async () => {
          await cluster.change('20-ambient.yaml');
          mixed = await pieces('of three pods one is in ambient, without a sidecar', 'ambient', 'sidecar', 'sidecar');
          const newPod = mixed.find(({ dataPlane }) => dataPlane === 'ambient')?.name;
          await running.until('is answered by the new pod', ({ body }) => answeringPod(body) === newPod);
          await running.mark('half-way');
          await attacking.mark('half-way');
          await running.calls(mixedCalls);
        });
        await lesson.step('And then the others: no pod has a sidecar', async () => {
          const goOn = JSON.stringify({ spec: { minReadySeconds: 0 } });
          await cluster.kubectl('patch', 'deployment/backend', '--type', 'merge', '--patch', goOn);
          await running.mark('goes on');
          await rolledOut();
          seen.push(...(await pieces('both pods are in ambient, and have no sidecar', 'ambient', 'ambient')));
          await running.mark('moved');
          await running.calls(held);
        });
        await lesson.step('All the way back', async () => {
          await cluster.change('30-back.yaml');
          await running.mark('back');
          await rolledOut();
          seen.push(...(await pieces('both pods have a sidecar again', 'sidecar', 'sidecar')));
          await cluster.change('40-leave.yaml');
          await running.mark('left ambient');
          await running.calls(held);
        });
      });
    });

    await lesson.step('No call of the frontend has failed, and none of the attacker was answered', async () => {
      await lesson.show('Who answered the frontend', timeline(moments(load.replies, podOf), load.milestones));
      await lesson.check(
        `every call of the frontend got HTTP 200, among them ${held} after each move was complete`,
        {
          ...failures(load.replies),
          inAmbient: between(load, 'moved', 'back').length,
          backInSidecars: between(load, 'left ambient').length,
        },
        ({ failed, inAmbient, backInSidecars }) => failed === 0 && inAmbient >= held && backInSidecars >= held,
      );
      const ends = Object.fromEntries(tally(attacks?.replies ?? [], endOf));
      await lesson.check('every call of the attacker ended as by a sidecar, or as by ztunnel', ends, (each) => {
        const kinds = Object.keys(each);
        return kinds.includes(bySidecar) && kinds.includes(byZtunnel) && kinds.length === 2;
      });
      // A 503 alone might be a backend that is down.
      await cluster.eventually(
        'for each of the latter ztunnel has refused a connection of its account by the rule',
        ztunnelLog,
        (log) => refusals(log).length >= Number(ends[byZtunnel]),
        'kubectl',
        { tell: (log) => `${refusals(log).length} connections, such as ${refusals(log).at(-1)?.text ?? 'none'}` },
      );
    });

    await lesson.step(
      'Half-way both data planes answered under one name, and no pod has survived the move',
      async () => {
        const from = load.milestones.find(({ label }) => label === 'half-way')?.seconds ?? Number.NaN;
        const calls = load.replies.filter(({ at }) => at >= from).slice(0, mixedCalls);
        const planes = new Map(mixed.map(({ name, dataPlane }) => [name, dataPlane]));
        await lesson.check(
          `of ${mixedCalls} calls both kinds of pods have answered some`,
          Object.fromEntries(tally(calls, ({ body }) => planes.get(answeringPod(body) ?? '') ?? 'another')),
          (counts) => Number(counts['sidecar']) > 0 && Number(counts['ambient']) > 0 && counts['another'] === undefined,
        );
        await lesson.check(
          'six pods have come, two for each stage',
          seen.map(({ name }) => name),
          (names) => names.length === 6 && new Set(names).size === 6,
        );
      },
    );

    await lesson.step('And without the rule the attacker is answered', async () => {
      await cluster.revert('15-frontend-only.yaml');
      await attack.settlesOn(served);
    });
  },
);

const bySidecar = 'refused by a sidecar: 403';
const byZtunnel = 'refused by ztunnel: 503';

/** How a call of the attacker ended, in words. */
function endOf(reply: Reply): string {
  if (endsAs(forbidden)(reply)) return bySidecar;
  if (endsAs(upstreamConnectError)(reply)) return byZtunnel;
  return reply.status === 0 ? `curl ${reply.curlExit}` : `HTTP ${reply.status}`;
}

/** Connections of the attacker that ztunnel has refused, since the rule admits another account. */
function refusals(log: string) {
  return readZtunnelLog(log).filter(
    ({ direction, from, to, error }) =>
      direction === 'inbound' &&
      from.identity === `spiffe://cluster.local/ns/${clients}/sa/attacker` &&
      to.namespace === namespace &&
      error.includes('allow policies exist, but none allowed'),
  );
}

/** Pods that are not about to end. */
function readBackends(list: string): Backend[] {
  const rows = list.matchAll(/^(\S+) ready=(\w*) containers=(.*) redirection=(\w*) ends=$/gm);
  return Array.from(rows, ([, name = '', ready, containers = '', redirection]) => {
    const sidecar = containers.includes('istio-proxy');
    const ambient = redirection === 'enabled';
    const dataPlane = sidecar ? (ambient ? 'both' : 'sidecar') : ambient ? 'ambient' : 'none';
    return { name, ready: ready === 'True', dataPlane };
  });
}
