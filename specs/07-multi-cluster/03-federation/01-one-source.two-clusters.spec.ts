import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  accessRules,
  answered,
  answeredByVersion,
  configDumpCommand,
  digestOf,
  drift,
  exercise,
  fixturesDir,
  forbidden,
  type Outcome,
  policySet,
  rbacCountersCommand,
  rbacCountersOf,
  rbacSince,
  readRbacCounters,
  toldConfig,
} from '../../../helpers/index.ts';

const namespace = 'm7-e3-federation';
const policies = '20-policy-set.both.yaml';
const contractEnded = '30-contract-ended.both.yaml';
/** What a file of policies says. */
const sourceOf = async (file: string) =>
  policySet(await readFile(join(fixturesDir, '07-multi-cluster/03-federation/01-one-source', file), 'utf8'));
const account = (name: string) => `cluster.local/ns/${namespace}/sa/${name}`;
const callers = ['frontend', 'auditor'] as const;
/** In which cluster the pods of each Service run. */
const home = { ledger: 'west', cards: 'east' } as const;
const services = ['ledger', 'cards'] as const;
type Service = (typeof services)[number];
const kinds = 'peerauthentications,authorizationpolicies';
const live = ['get', kinds, '-o', 'json'];
const untouched = [...live, '--namespace', 'm7-e3-untouched'];
const rulesIn = (dump: string) => accessRules(toldConfig(dump, namespace));
const rulesOf = (app: Service) => ['exec', `deployment/${app}`, ...configDumpCommand];
/** Calls of the account that is refused, from each cluster, to see that each is counted. */
const counted = 3;
/** Within which a rule that is withdrawn has to hold. */
const bound = { seconds: 30 };
const brief = (digest: string) => digest.slice(0, 12);
/** Somebody adds an account to the rule in one cluster, by hand. */
const byHand = JSON.stringify([
  { op: 'add', path: '/spec/rules/0/from/0/source/principals/-', value: account('auditor') },
]);

exercise(
  'AuthorizationPolicy from one source holds in both clusters, and a change in one alone is named',
  {
    persona: 'Jennifer',
    question: 'One rule book for all clusters: who carries it, and how do we know that it arrived?',
    proof:
      'Two callers in two clusters call two Services, whose pods run in one cluster each: eight calls, all answered. Then one file of policies is applied to west alone. The Service in west refuses one of the callers, from wherever it calls. The Service in east answers it as before, and east lists no policy, so nothing has travelled. With the same file in east the admitted caller is answered in all four places and its POST is refused, the other is refused in all four, and the proxies of both Services have counted exactly the calls that were made meanwhile. While it is refused in both the other caller in west reaches istiod, so it is not broken. Three digests are compared: that of the file, that of the policies in each cluster, and that of the rules in the proxies of the two Services. They are equal where they have to be. A change that is made by hand in east makes the digests of east different, and the difference names the policy and the field; it opens the Service in east and not that in west. Applied again, the file closes it. At last the file admits another account. It is refused in both clusters within seconds, which are told for each, and in between east still admits it; then the digests of that file and of both clusters are equal. Without the policies all eight calls are answered again.',
    takeaway:
      'Policies do not travel, sources do: apply the same file everywhere, and compute whether what the proxies enforce is equal.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e3.a1', 'm7.e3.a2', 'm7.e3.a3'],
    errata: ['E702'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/deployment-models/#multiple-clusters',
  },
  async ({ lesson, west, east }) => {
    const clusters = { west, east };
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const places = callers.flatMap((caller) =>
      (['west', 'east'] as const).map((from) => ({
        caller,
        from,
        client: clusters[from].client(`deployment/${caller}`),
      })),
    );
    const [frontendInWest, frontendInEast, auditorInWest, auditorInEast] = places.map(({ client }) => client);
    if (!frontendInWest || !frontendInEast || !auditorInWest || !auditorInEast) throw new Error('There are four');
    const rows: string[][] = [];
    /** Makes the eight calls, and adds a row to the table of states. */
    const state = async (name: string, ending: (caller: string, service: Service) => Outcome) => {
      const cells: string[] = [];
      for (const { caller, client } of places)
        for (const service of services) {
          const { http } = await client.curl(`http://${service}/`).settlesOn(ending(caller, service));
          cells.push(`${http.status === 200 ? '✓' : '✕'} ${http.status}`);
        }
      rows.push([name, ...cells]);
    };
    const served = (service: Service) => answeredByVersion(home[service]);
    const guarded = (caller: string, service: Service) => (caller === 'frontend' ? served(service) : forbidden);

    const source = await sourceOf(policies);
    const digests: string[][] = [];
    const liveOf = async (name: 'west' | 'east') => policySet((await clusters[name].kubectl(...live)).stdout);
    const enforcedBy = async (app: Service) => rulesIn((await clusters[home[app]].kubectl(...rulesOf(app))).stdout);
    /** The digests of the file, of both clusters and of both proxies, and in what each cluster differs from the file. */
    const compare = async (when: string, file = source) => {
      const [inWest, inEast] = [await liveOf('west'), await liveOf('east')];
      const [ledger, cards] = [await enforcedBy('ledger'), await enforcedBy('cards')];
      const seen = {
        eastDiffers: drift(file, inEast),
        westDiffers: drift(file, inWest),
        source: digestOf(file),
        west: digestOf(inWest),
        east: digestOf(inEast),
        ledger: digestOf(ledger),
        cards: digestOf(cards),
        rules: { ledger: ledger.length, cards: cards.length },
      };
      digests.push([when, ...[seen.source, seen.west, seen.east, seen.ledger, seen.cards].map(brief)]);
      return seen;
    };
    const untouchedDigests = async () => ({
      west: digestOf(policySet((await west.kubectl(...untouched)).stdout)),
      east: digestOf(policySet((await east.kubectl(...untouched)).stdout)),
      nothing: digestOf({}),
    });
    const atFirst = await untouchedDigests();

    await lesson.step('Before: two clusters, two Services, and whoever calls is answered', async () => {
      for (const [one, other] of [
        [west, 'east'],
        [east, 'west'],
      ] as const)
        await one.eventually(
          `the istiod of ${one.name} lists ${other} as synced`,
          ['remote-clusters'],
          (list) => new RegExp(`^${other}\\s+istio-system/\\S+\\s+synced\\b`, 'm').test(list),
          'istioctl',
        );
      await state('no policy', (_caller, service) => served(service));
    });

    await lesson.step('The file is applied to west alone: east admits whom west refuses', async () => {
      await west.change(policies);
      await state('in west alone', (caller, service) =>
        service === 'ledger' ? guarded(caller, service) : served(service),
      );
      await west.eventually('west lists the policy', ['get', kinds, '-o', 'name'], (list) => list.includes('/callers'));
      const { stdout } = await east.kubectl('get', kinds, '-o', 'name');
      await lesson.check('east has none', { listed: stdout.trim() }, ({ listed }) => listed === '');
    });

    await lesson.step('The same file in east: four places admit, four refuse, and digests agree', async () => {
      await east.change(policies);
      await state('in both', guarded);
      const before = {
        west: await rbacCountersOf(west, 'deployment/ledger'),
        east: await rbacCountersOf(east, 'deployment/cards'),
      };
      for (const service of services) {
        for (const client of [auditorInWest, auditorInEast])
          await client.newConnections(counted, `http://${service}/?call=counted`);
        for (const client of [frontendInWest, frontendInEast])
          await client.newConnections(1, '-X', 'POST', `http://${service}/?call=counted`);
        await frontendInWest.newConnections(1, `http://${service}/?call=let-through`);
      }
      for (const [name, app] of [
        ['west', 'ledger'],
        ['east', 'cards'],
      ] as const)
        await clusters[name].eventually(
          `the proxy of the ${app} has counted ${2 * counted + 2} refusals for these calls, and one that it let through`,
          ['exec', `deployment/${app}`, ...rbacCountersCommand],
          (text) => {
            const since = rbacSince(before[name], readRbacCounters(text));
            return since.denied === 2 * counted + 2 && since.allowed === 1;
          },
        );
      await frontendInEast.curl('-X', 'POST', 'http://ledger/').settlesOn(forbidden);
      await auditorInWest.curl('http://istiod.istio-system:15014/version').settlesOn(answered(200), { inARow: 1 });
      await lesson.check(
        'the file and both clusters have one digest, and the rules in the proxies of both Services have another, which is one too',
        await compare('in both'),
        ({ source: file, west: inWest, east: inEast, ledger, cards, rules }) =>
          file === inWest && file === inEast && ledger === cards && rules.ledger > 0 && rules.cards > 0,
      );
    });

    await lesson.step('A change by hand in east: named, effective in east alone, closed by the file', async () => {
      const before = await compare('before the change');
      await east.kubectl('patch', 'authorizationpolicy', 'callers', '--type=json', '-p', byHand);
      await auditorInEast.curl('http://cards/').settlesOn(served('cards'));
      await auditorInWest.curl('http://cards/').settlesOn(served('cards'));
      await auditorInEast.curl('http://ledger/').settlesOn(forbidden);
      await lesson.check(
        'east differs from the file in one account of one policy, and its proxy enforces other rules; west is as before',
        await compare('changed by hand'),
        (now) =>
          now.westDiffers.length === 0 &&
          now.eastDiffers.length === 1 &&
          now.eastDiffers[0] ===
            `AuthorizationPolicy ${namespace}/callers > rules > 0 > from > 0 > source > principals > 1: nothing ≠ "${account('auditor')}"` &&
          now.west === before.west &&
          now.ledger === before.ledger &&
          now.east !== before.east &&
          now.cards !== before.cards,
      );
      await east.change(policies);
      await auditorInEast.curl('http://cards/').settlesOn(forbidden);
      await lesson.check(
        'applied again, the file makes all digests what they were',
        await compare('applied again'),
        (now) => now.east === before.east && now.cards === before.cards && now.eastDiffers.length === 0,
      );
    });

    await lesson.step('The contract ends: west refuses, east admits, until east has the file too', async () => {
      const began = performance.now();
      const secondsSince = () => (performance.now() - began) / 1000;
      const atLedger = frontendInEast.curl('http://ledger/');
      const atCards = frontendInWest.curl('http://cards/');
      await west.change(contractEnded);
      await atLedger.settlesOn(forbidden, { inARow: 1 });
      const inWest = secondsSince();
      await atCards.settlesOn(served('cards'));
      const toEast = secondsSince();
      await east.change(contractEnded);
      await atCards.settlesOn(forbidden, { inARow: 1 });
      const inEast = secondsSince();
      await lesson.measure('m7.e3.a3', 'west, from the command to the first refusal', inWest, 'seconds');
      await lesson.measure('m7.e3.a3', 'east, from the command to the first refusal', inEast - toEast, 'seconds');
      await lesson.measure('m7.e3.a3', 'in which west refused and east admitted', inEast - inWest, 'seconds');
      await lesson.check(
        `each of the two took less than ${bound.seconds} seconds`,
        { west: inWest, east: inEast - toEast },
        (seconds) => seconds.west < bound.seconds && seconds.east < bound.seconds,
      );
      await state('contract ended', () => forbidden);
      await lesson.check(
        'the file of that day and both clusters have one digest, and so have the rules in both proxies',
        await compare('contract ended', await sourceOf(contractEnded)),
        (now) =>
          [...now.eastDiffers, ...now.westDiffers].length === 0 &&
          now.source === now.west &&
          now.source === now.east &&
          now.ledger === now.cards,
      );
      await west.revert(policies);
      await east.revert(policies);
      await state('no policy again', (_caller, service) => served(service));
      await lesson.check(
        'the policies of another namespace have the digest of the beginning, which is not that of nothing',
        { before: atFirst, after: await untouchedDigests() },
        ({ before, after }) =>
          before.west === after.west &&
          before.east === after.east &&
          ![before.west, before.east].includes(before.nothing),
      );
      lesson.table(
        'Eight calls in each state',
        ['state', ...places.flatMap(({ caller, from }) => services.map((to) => `${caller} in ${from} → ${to}`))],
        rows,
      );
      lesson.table(
        'Digests, their first characters',
        ['when', 'the file', 'west', 'east', 'proxy of the ledger', 'proxy of the cards'],
        digests,
      );
    });
  },
);
