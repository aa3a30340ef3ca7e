import {
  barChart,
  chanceOfOnlyOne,
  chanceOutside,
  clustersCommand,
  exercise,
  failures,
  onceIn,
  podOf,
  type Reply,
  tally,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm5-e8-hash';
const backend = 'http://backend/';
const oneUser = `${backend}?user=7`;
const hundredUsers = `${backend}?user=[1-100]`;
const manyUsers = { url: `${backend}?user=[1-300]`, number: 300 };
/** Users of a hundred that one pod of three may have. */
const [fewest, most] = [10, 60];
/** Users of 300 that may move when a fourth pod comes, 22 to 48 %: how many do depends on the addresses of the pods. */
const [fewestMoved, mostMoved] = [66, 144];
/** What is taken for a quarter of them, which is the share of the new pod. */
const [quarterLeast, quarterMost] = [42, 110];
/** Users of 300 that may move between old pods with a table of this size. */
const fewBetweenOld = 15;

exercise(
  'DestinationRule keeps each user on one pod, until a pod is added',
  {
    persona: 'Marcus Chen',
    question: 'Our carts live in memory. Can each user stay on one pod, and what happens when we add one?',
    proof: `Each call carries the number of its user, and each answer names its pod. Without a rule forty calls of one user meet several pods. Under a rule that makes a hash of the user, each of a hundred users meets one pod in three calls of three, and a second caller with a proxy of its own finds the same pod for each of them. Calls that name no user are spread as before. Then 300 users call, a fourth pod is added, and they call again: ${fewestMoved} to ${mostMoved} of them have moved, where the textbook says 75 and chance would move 225. Some have moved from one old pod to another, which the textbook rules out. The same is measured with the other kind of hash that Envoy has, a table: about a quarter moves, at most ${fewBetweenOld} of 300 between old pods, and fewer than with the ring.`,
    takeaway:
      'A hash keeps users on pods without a table, the same in every proxy. From three pods to four 22 to 48 % of them moved with the default ring, and about a quarter with a table (maglev), so keep carts elsewhere and use this for caches.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e8.a1', 'm5.e8.a2', 'm5.e8.a3', 'm5.e8.a4', 'm5.e8.a5'],
    errata: ['E106', 'E512'],
    readMore:
      'https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const mobile = cluster.client('deployment/mobile');
    const proxyUses = async (policy: string) =>
      cluster.eventually(
        `the proxy of the frontend has the kind of hash: ${policy}`,
        clustersCommand('deployment/frontend', 'backend', namespace),
        (json) => policyIn(json) === policy,
        'istioctl',
        { tell: (json) => `lbPolicy: ${policyIn(json)}` },
      );
    /** The pod of each of 300 users, each of whom calls so many times. */
    const placement = async (times: number) => {
      const replies = await frontend.oneConnection(times, manyUsers.url);
      const pods = podsOf(replies);
      await lesson.check(
        `each of ${manyUsers.number} users meets one pod${times === 1 ? '' : `, in ${times} calls of ${times}`}, and no call fails`,
        { ...countUsers(pods), ...failures(replies) },
        ({ users, onOnePod, failed }) => users === manyUsers.number && onOnePod === users && failed === 0,
      );
      return pods;
    };

    await lesson.step('Before: forty calls of one user meet several pods', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', 3);
      const replies = await frontend.oneConnection(40, oneUser);
      await lesson.check(
        `they met two pods or three, and none failed (one alone by chance ${onceIn(chanceOfOnlyOne(40, 3))})`,
        { failed: failures(replies).failed, pods: Object.fromEntries(tally(replies, podOf)) },
        ({ failed, pods }) => failed === 0 && Object.keys(pods).length >= 2,
      );
    });

    await lesson.step('The rule: the pod follows from a hash of the user', async () => {
      await cluster.change('20-hash.yaml');
    });

    await lesson.step('After: each user stays on one pod, the same for both callers', async () => {
      for (const client of [frontend, mobile])
        await client.burstShows('forty calls of one user meet one pod', [oneUser], (replies) => {
          const pods = tally(replies, podOf);
          return pods.size === 1 && replies.every(({ status }) => status === 200);
        });
      await proxyUses('RING_HASH');
      const seen = podsOf(await frontend.oneConnection(3, hundredUsers));
      const other = podsOf(await mobile.oneConnection(1, hundredUsers));
      await lesson.check(
        'each of a hundred users met one pod in three calls of three, and the same pod from the other caller',
        { ...countUsers(seen), sameFromTheOther: [...seen].filter(([user, pod]) => other.get(user) === pod).length },
        ({ users, onOnePod, sameFromTheOther }) => users === 100 && onOnePod === 100 && sameFromTheOther === 100,
      );
      const shares = tally([...seen.values()], (pod) => pod);
      await lesson.show('Users of each pod', barChart('users', shares));
      await lesson.check(
        `each of the three pods has ${fewest} to ${most} of them (if each user fell on a pod by lot, one misses that ${onceIn(3 * chanceOutside(100, 1 / 3, fewest, most))})`,
        Object.fromEntries(shares),
        (pods) =>
          Object.values(pods).length === 3 && Object.values(pods).every((users) => users >= fewest && users <= most),
      );
    });

    await lesson.step('And calls that name no user are spread, and none is refused', async () => {
      const replies = await frontend.oneConnection(40, backend);
      await lesson.check(
        `forty calls met two pods or three, and none failed (one alone by chance ${onceIn(chanceOfOnlyOne(40, 3))})`,
        { failed: failures(replies).failed, pods: Object.fromEntries(tally(replies, podOf)) },
        ({ failed, pods }) => failed === 0 && Object.keys(pods).length >= 2,
      );
    });

    const rows: string[][] = [];
    const before = new Map<string, Placement>();
    await lesson.step('300 users call, under both kinds of hash that Envoy has', async () => {
      before.set('ring', await placement(2));
      await cluster.change('30-maglev.yaml');
      await proxyUses('MAGLEV');
      before.set('table', await placement(1));
    });

    await lesson.step('A fourth pod is added', async () => {
      await cluster.kubectl('scale', 'deployment/backend', '--replicas=4');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
      await frontend.burstShows(
        'calls that name no user meet four pods',
        [backend],
        (replies) => tally(replies, podOf).size === 4 && failures(replies).failed === 0,
      );
    });

    await lesson.step('After: 22 to 48 % of the users have moved, some between two old pods', async () => {
      const movesOf = async (kind: string, times: number) => {
        const moves = movesBetween(before.get(kind) ?? new Map(), await placement(times));
        rows.push([kind, `${moves.moved}`, `${moves.toNew}`, `${moves.betweenOld}`]);
        return moves;
      };
      const table = await movesOf('table', 1);
      await lesson.measure(
        'm5.e8.a4',
        'users of 300 who moved between old pods, with a table',
        table.betweenOld,
        'users',
      );
      await cluster.change('20-hash.yaml');
      await proxyUses('RING_HASH');
      const ring = await movesOf('ring', 2);
      lesson.table(
        `Users of 300 who moved when a fourth pod came`,
        ['hash', 'moved', 'to the new pod', 'between old pods'],
        rows,
      );
      await lesson.measure('m5.e8.a3', 'users who moved, with a ring', (100 * ring.moved) / manyUsers.number, '%');
      await lesson.check(
        `with the ring ${fewestMoved} to ${mostMoved} users moved (without a hash 225 would move, and so few by chance ${onceIn(chanceOutside(manyUsers.number, 0.75, mostMoved + 1, manyUsers.number))})`,
        ring,
        ({ moved }) => moved >= fewestMoved && moved <= mostMoved,
      );
      await lesson.check(
        'some of them moved between two pods that were there before',
        ring,
        ({ toNew, betweenOld, moved }) => betweenOld > 0 && toNew > 0 && toNew + betweenOld === moved,
      );
      await lesson.check(
        `with the table ${quarterLeast} to ${quarterMost} users moved (of a quarter it is another number by chance ${onceIn(chanceOutside(manyUsers.number, 0.25, quarterLeast, quarterMost))}), at most ${fewBetweenOld} of them between old pods, and fewer than with the ring`,
        { table, ring },
        ({ table: { moved, betweenOld } }) =>
          moved >= quarterLeast && moved <= quarterMost && betweenOld <= fewBetweenOld && betweenOld < ring.betweenOld,
      );
    });
  },
);

/** The pod of each user; several, joined, where one met several. */
type Placement = ReadonlyMap<string, string>;

function podsOf(replies: readonly Reply[]): Placement {
  const users = Map.groupBy(replies, ({ body }) => /[?&]user=(\d+)/.exec(body)?.[1] ?? 'nobody');
  return new Map([...users].map(([user, own]) => [user, [...tally(own, podOf).keys()].join(' and ')]));
}

function countUsers(pods: Placement): { readonly users: number; readonly onOnePod: number } {
  return { users: pods.size, onOnePod: [...pods.values()].filter((pod) => !pod.includes(' ')).length };
}

/** Who moved, and whether to a pod that was not there before. */
function movesBetween(before: Placement, after: Placement): { moved: number; toNew: number; betweenOld: number } {
  const old = new Set(before.values());
  const moved = [...after].filter(([user, pod]) => before.get(user) !== pod);
  const toNew = moved.filter(([, pod]) => !old.has(pod)).length;
  return { moved: moved.length, toNew, betweenOld: moved.length - toNew };
}

function policyIn(json: string): string {
  return (JSON.parse(json) as { lbPolicy?: string }[])[0]?.lbPolicy ?? 'Envoy decides';
}
