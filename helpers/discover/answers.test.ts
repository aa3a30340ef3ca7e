import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { assertionsOf, readCurriculum } from '../curriculum/curriculum.ts';
import { basisOfInputs } from '../roi/documents/basis.ts';
import { exampleInputs } from '../roi/example.ts';
import { parseInputs } from '../roi/inputs.ts';
import { anIncident } from './an-incident.ts';
import { betweenServices } from './between-services.ts';
import { groundOf, object, podAnswer, shop } from './examples.ts';
import type { Answer, Ground } from './finding.ts';
import { howTheyTalk } from './how-they-talk.ts';
import { linesOf } from './lines.ts';
import { shownBy } from './proven.ts';
import { type Discovery, jsonOf, markdownOf, requestsOf } from './report.ts';
import { roiInputsOf, setAside } from './roi-inputs.ts';
import { whatHurts } from './what-hurts.ts';

const told = ({ findings }: Answer) => findings.map(({ says, places }) => `${says} [${places.join(', ')}]`);

test('how they talk: what has no proxy, and what was labelled for one and has none', async () => {
  const answer = howTheyTalk(await groundOf());
  expect(answer.line).toBe(
    '2 Services, 4 pods, 1 with a proxy. What their proxies have counted was not asked (METRICS=yes).',
  );
  expect(told(answer)).toEqual([
    '3 of 4 pods have no proxy that would record their calls. [bare/batch, bare/db, shop/old]',
    '1 pod without a proxy in namespaces that are labelled for one: a label gives no running pod a proxy. [shop/old]',
  ]);
});

test('how they talk: the map of the metrics, with callers that nobody knows', async () => {
  const edge = {
    from: { name: 'unknown', namespace: '' },
    to: { name: 'web', namespace: 'shop' },
    perSecond: 1,
    errorShare: 0,
    mutualTls: false,
  };
  const counted = { edges: [edge], targets: { up: 1, all: 1 } };
  const answer = howTheyTalk({ ...(await groundOf()), counted });
  expect(answer.line).toContain('HTTP and gRPC requests of the last 1h make a map of 1 edge; TCP is not in it.');
  expect(answer.facts).toContain('unknown calls shop/web, not always by mutual TLS.');
  expect(told(answer).at(-1)).toContain('callers that the proxies do not know');
});

test('what hurts: probes, single pods, and rules that nothing follows', async () => {
  const message = { code: 'IST0109', level: 'Error', kind: 'VirtualService', namespace: 'shop', name: 'staging' };
  const answer = whatHurts({ ...(await groundOf()), messages: [message] });
  expect(answer.line).toBe(
    '2 of 2 Services have a pod without readiness probe, 2 have one pod. 1 route to a Service that is not there.',
  );
  expect(told(answer).slice(2)).toEqual([
    '1 route to a Service that is not there. [shop/staging]',
    '1 rule with a subset that fits no pod. [shop/web]',
    '1 rule to eject failing pods without maxEjectionPercent, over fewer than ten pods: the default share, a tenth, ejects none of them. [shop/web]',
    'Istio’s analysis: VirtualServices share a host (IST0109, 1 message). [shop/staging]',
  ]);
  expect(answer.facts).toContain('Events of type Warning, by reason: BackOff 1.');
  const own = { metadata: { namespace: 'shop' }, reason: 'ShopOfAcmeFailed' };
  const others = whatHurts(await groundOf({ ...shop, '/api/v1/events': [own] }));
  expect(others.facts).toContain('Events of type Warning, by reason: others 1.');
});

test('what hurts: rules of a mesh in which no pod is', async () => {
  const answer = whatHurts(await groundOf({ ...shop, '/api/v1/pods': [podAnswer('shop', 'web')] }));
  expect(told(answer).join()).toContain('2 rules for traffic, and no pod has a proxy that follows them.');
});

test('between services: what is open, in plaintext, and cannot be told apart', async () => {
  const answer = betweenServices(await groundOf());
  expect(answer.line).toBe(
    '3 of 4 pods are selected by no NetworkPolicy for incoming calls. 3 accept plaintext. 3 run under the account “default”, which a rule by account cannot tell apart.',
  );
  expect(told(answer)).toEqual([
    '3 of 4 pods are selected by no NetworkPolicy for incoming calls. [bare/batch, shop/old, shop/web]',
    '1 NetworkPolicy with an ipBlock: a list of addresses does not follow pods. [bare/db]',
    '3 of 4 pods have no proxy, so what reaches them was encrypted by no mesh. [bare/batch, bare/db, shop/old]',
    '3 of 4 pods run under the account “default” of the namespace: a rule by account lets in all that share it. [bare/batch, bare/db, shop/old]',
    '1 of 1 pod with a proxy is selected by no AuthorizationPolicy. [shop/web]',
    '1 AuthorizationPolicy whose selector fits no pod. [shop/typo]',
    '1 Service with a port that does not say its protocol. [bare/db]',
  ]);
});

test('between services: the older of two policies decides, and a selector in the root namespace reaches nobody', async () => {
  const at = (year: number) => ({ creationTimestamp: `${year}-01-01T00:00:00Z` });
  const policies = [
    object('shop', 'young', { mtls: { mode: 'STRICT' } }, at(2026)),
    object('shop', 'old', { mtls: { mode: 'PERMISSIVE' } }, at(2025)),
    object('istio-system', 'stray', { selector: { matchLabels: { app: 'web' } }, mtls: { mode: 'STRICT' } }),
  ];
  const ground = await groundOf({ ...shop, '/apis/security.istio.io/v1/peerauthentications': policies });
  const findings = told(betweenServices(ground)).join('\n');
  expect(findings).toContain('1 pod with a proxy that also takes plaintext');
  expect(findings).toContain(
    '2 PeerAuthentications for a whole namespace, where the oldest decides. [shop/old, shop/young]',
  );
  expect(findings).toContain('1 PeerAuthentication with a selector in the mesh’s root namespace');
});

test('an incident: who may call the workload, what it may call, and what would tell of it', async () => {
  const answer = anIncident(await groundOf(), { namespace: 'bare', workload: 'db' });
  expect(answer.line).toBe(
    'bare/db is selected by policies: 1 of 4 other pods may call it. Sources: pod logs, events. Missing: calls and callers that a proxy counts, refusals that a proxy counts, access logs of a proxy, spans of a proxy.',
  );
  const web = anIncident(await groundOf(), { namespace: 'shop', workload: 'web' });
  // STRICT keeps out whoever has no proxy, and nobody else has one.
  expect(web.line).toContain('shop/web is selected by no policy: 0 of 4 other pods may call it.');
});

test('what was not seen is told, and no count stands for it', async () => {
  const ground = await groundOf(shop, { refused: (path) => path.endsWith('networkpolicies') });
  const answer = betweenServices(ground);
  expect(answer.line).toContain('NetworkPolicies were not seen.');
  expect(told(answer).join()).not.toContain('NetworkPolicy for incoming');
  expect(answer.gaps).toEqual(['NetworkPolicy: not allowed to look']);
  expect(anIncident(ground, undefined).line).toContain('who may call it was not seen');
});

test('where what acts on the whole mesh was not seen, nothing is said that it might change', async () => {
  const refused = (path: string) => path.includes('/istio-system/');
  const lists = { ...shop, '/apis/security.istio.io/v1/peerauthentications': [] };
  const ground = await groundOf(lists, { scope: ['shop'], refused });
  const answer = betweenServices(ground);
  expect(answer.line).toContain('1 accepts plaintext. Of 1 more it is not known');
  expect(told(answer).join()).not.toContain('selected by no AuthorizationPolicy');
  const incident = anIncident(ground, { namespace: 'shop', workload: 'web' });
  expect(incident.line).toContain('(as far as was seen)');
  expect(incident.line).toContain('Not known: calls and callers that a proxy counts, refusals that a proxy counts');
});

test('a user without any right gets four answers that say so', async () => {
  const ground = await groundOf(shop, { refused: () => true });
  for (const answer of answersOf(ground)) {
    expect(answer.line).toContain('not seen');
    expect(answer.findings).toEqual([]);
  }
});

test('of a part of the cluster nothing is said that is not there', async () => {
  const code = (name: string) => ({ code: name, level: 'Error', kind: 'VirtualService', namespace: 'shop', name: 'a' });
  const messages = [code('IST0101'), code('IST0109'), code('IST0173')];
  const codes = (answer: Answer) =>
    told(answer)
      .join()
      .match(/IST\d+/g);
  const whole = { ...(await groundOf()), messages };
  expect(codes(whatHurts(whole))).toEqual(['IST0101', 'IST0109', 'IST0173']);
  expect(whatHurts(whole).gaps.join()).not.toContain('not judged');
  const named = whatHurts({ ...(await groundOf(shop, { scope: ['shop'] })), messages });
  expect(codes(named)).toEqual(['IST0109']);
  expect(named.gaps.join()).toContain('not judged, since not all objects were read');
  const refused = (path: string) => path.endsWith('/serviceentries');
  expect(codes(whatHurts({ ...(await groundOf(shop, { refused })), messages }))).toEqual(['IST0109']);
});

test('where pods were read in part, none is said to be missing', async () => {
  const refused = (path: string) => path.includes('/bare/pods') || path.includes('/bare/networkpolicies');
  const ground = await groundOf(shop, { scope: ['shop', 'bare'], refused });
  const hurts = whatHurts(ground);
  expect(hurts.line).not.toContain('one pod');
  expect(told(hurts).join('\n')).not.toMatch(/subset|ready now|one pod|ejects none/);
  const between = betweenServices(ground);
  expect(between.line).toContain('NetworkPolicies were seen in part.');
  expect(told(between).join('\n')).not.toMatch(/fits no pod|selected by no NetworkPolicy/);
});

test('a rule that a gateway follows is followed', async () => {
  const gateway = podAnswer('istio-system', 'gate', { containers: [{ name: 'istio-proxy' }] });
  const answer = whatHurts(await groundOf({ ...shop, '/api/v1/pods': [podAnswer('shop', 'web'), gateway] }));
  expect(told(answer).join()).not.toContain('no pod has a proxy');
});

test('without rules for traffic, routes of the Gateway API may still be there', async () => {
  const { '/api/v1/pods': pods = [] } = shop;
  const answer = whatHurts(await groundOf({ '/api/v1/pods': pods }));
  expect(answer.facts).toContain('No VirtualService and no DestinationRule; routes of the Gateway API are not read.');
});

test('an incident: what was not asked is not known, and what was counted is', async () => {
  const ground = await groundOf();
  const web = { namespace: 'shop', workload: 'web' };
  const asked = anIncident(ground, web);
  expect(asked.line).toContain(
    'Missing: refusals that a proxy counts. Not known: calls and callers that a proxy counts, access logs of a proxy, spans of a proxy.',
  );
  const edge = {
    from: { name: 'old', namespace: 'shop' },
    to: { name: 'web', namespace: 'shop' },
    perSecond: 1,
    errorShare: 0,
    mutualTls: true,
  };
  const targets = { up: 1, all: 1 };
  const some = anIncident({ ...ground, counted: { edges: [edge], targets } }, web);
  expect(some.line).toContain('Sources: pod logs, events, calls and callers that a proxy counts.');
  const none = anIncident({ ...ground, counted: { edges: [], targets } }, web);
  expect(none.line).toContain('Missing: calls and callers that a proxy counts');
});

test('an incident: a Telemetry for a waypoint tells nothing of the pods', async () => {
  const logging = (more: object) => ({
    ...shop,
    '/apis/telemetry.istio.io/v1/telemetries': [object('shop', 'a', { accessLogging: [{}], ...more })],
  });
  const web = { namespace: 'shop', workload: 'web' };
  expect(anIncident(await groundOf(logging({})), web).line).toMatch(/Sources: [^.]*access logs/);
  expect(anIncident(await groundOf(logging({ targetRefs: [{}] })), web).line).toMatch(/Not known: [^.]*access logs/);
});

test('an incident: how far it reaches is told of what was looked at', async () => {
  const web = { namespace: 'shop', workload: 'web' };
  const policies = [object('shop', 'way', { targetRefs: [{}], action: 'DENY', rules: [{}] })];
  const lists = { ...shop, '/apis/security.istio.io/v1/authorizationpolicies': policies };
  const named = anIncident(await groundOf(lists, { scope: ['shop'] }), web);
  expect(named.line).toContain(
    '0 of 1 other pod of the namespaces that were named may call it (policies by targetRefs are not judged); others were not looked at.',
  );
  const refused = (path: string) => path === '/api/v1/namespaces';
  const unlabelled = anIncident(await groundOf(shop, { refused }), web);
  expect(unlabelled.gaps).toContain('Namespace: not allowed to look');
  expect(unlabelled.facts.join()).toContain('Labels of namespaces were not all seen');
  expect(howTheyTalk(await groundOf(shop, { refused })).facts.join()).toContain('ambient mode by them');
  expect(anIncident(await groundOf(), web).facts.join()).not.toContain('Labels of namespaces');
});

test('every result that is to be shown is one that an exercise asserts', async () => {
  const rows = assertionsOf(await readCurriculum()).filter(({ follows }) => follows === undefined);
  const known = new Set(rows.map(({ id }) => id));
  const files = await Array.fromAsync(glob('*.ts', { cwd: import.meta.dirname }));
  const texts = await Promise.all(
    files
      .filter((file) => !/test|examples/.test(file))
      .map((file) => readFile(join(import.meta.dirname, file), 'utf8')),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/\bm\d+\.[a-z]+\d*\.a\d+\b/g)].map(([id]) => id));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});

test('what is shown next is proven, or said not to be', async () => {
  const discovery = await discoveryOf(true, new Map([['m1.e3.a2', '2026-11-24T14:05:00Z']]));
  expect(shownBy({ shows: ['m1.e3.a3', 'm1.e3.a2'] }, discovery.proven)).toBe('m1.e3.a2');
  const report = markdownOf(discovery);
  expect(report).toContain('m1.e3.a2, proven 24 November 2026');
  expect(report).toContain('not proven here: `make course ONLY=m1.e7.a4`');
});

test('with names hidden, nothing that is written holds one', async () => {
  const discovery = await discoveryOf(true);
  const ground = await groundOf(shop, { hidden: true });
  const text = [
    markdownOf(discovery),
    jsonOf(discovery),
    requestsOf(discovery.asked, ground.names),
    linesOf(discovery, 100).join('\n'),
  ].join('\n');
  expect(text).not.toMatch(/\b(shop|bare|staging|typo|batch|coredns|webb|node-1)\b/);
  expect(text).toMatch(/ns-\d\/app-\d\d/);
  expect(markdownOf(await discoveryOf(false))).toContain('shop/old');
});

test('a name breaks no table', async () => {
  const discovery = await discoveryOf(false);
  const [first] = discovery.answers;
  const answer = { ...first, findings: [{ says: 'a | b\n<script>', places: [], shows: ['m1.e3.a3'] }] } as Answer;
  expect(markdownOf({ ...discovery, answers: [answer] })).toContain(String.raw`| a \| b &lt;script> |`);
});

test('inputs for the calculation have the counted figures as given, and all others as assumed', async () => {
  const { landscape } = await groundOf();
  const text = roiInputsOf(landscape, await readFile(exampleInputs, 'utf8')) ?? '';
  const inputs = parseInputs(text, 'roi-inputs.yaml');
  expect(inputs.team).toMatchObject({ services: 2, counted: 'services', basis: 'assumed' });
  expect(inputs.infrastructure).toMatchObject({ pods: 4, nodes: 1, waypoints: 0, counted: 'pods, nodes, waypoints' });
  expect(text).not.toContain('basis: given');
  expect(text).not.toMatch(/RapidScale|Marcus/);
  expect(basisOfInputs(inputs)).toContain('- given: services (counted), pods, nodes, waypoints (counted)');
});

test('nodes that were not seen are no given figure', async () => {
  const { landscape } = await groundOf(shop, { refused: (path) => path === '/api/v1/nodes' });
  const inputs = parseInputs(roiInputsOf(landscape, await readFile(exampleInputs, 'utf8')) ?? '', 'x');
  expect(inputs.infrastructure.counted).toBe('pods, waypoints');
  const blind = await groundOf(shop, { refused: () => true });
  expect(roiInputsOf(blind.landscape, '')).toBeUndefined();
});

test('figures of a part are not given ones', async () => {
  const example = await readFile(exampleInputs, 'utf8');
  const named = roiInputsOf((await groundOf(shop, { scope: ['shop'] })).landscape, example) ?? '';
  expect(parseInputs(named, 'x').infrastructure.counted).toBe('pods, waypoints');
  expect(named).toContain('Only the namespaces that were named');
  const refused = (path: string) => path.includes('/bare/pods');
  const part = await groundOf(shop, { scope: ['shop', 'bare'], refused });
  const inputs = parseInputs(roiInputsOf(part.landscape, example) ?? '', 'x');
  expect(inputs.infrastructure.counted).toBe('waypoints');
  expect(inputs.team.counted).toBeUndefined();
});

test('inputs that somebody filled in are kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inputs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const date = '2026-11-30T01:00:00.000Z';
  expect(await setAside(folder, 'new', date)).toBeUndefined();
  await writeFile(join(folder, 'roi-inputs.yaml'), 'new');
  expect(await setAside(folder, 'new', date)).toBeUndefined();
  await writeFile(join(folder, 'roi-inputs.yaml'), 'filled in');
  const name = await setAside(folder, 'new', date);
  expect(name).toBe('roi-inputs-before-2026-11-30T01-00-00.yaml');
  expect(await readFile(join(folder, name ?? ''), 'utf8')).toBe('filled in');
});

function answersOf(ground: Ground): Answer[] {
  return [howTheyTalk(ground), whatHurts(ground), betweenServices(ground), anIncident(ground, undefined)];
}

async function discoveryOf(hidden: boolean, proven: Discovery['proven'] = new Map()): Promise<Discovery> {
  const ground = await groundOf(shop, { hidden });
  return {
    date: '2026-11-30T01:00:00Z',
    version: '1.36',
    namespaces: { lookedAt: 2, all: 4 },
    hidden,
    asked: ground.api.asked,
    answers: answersOf(ground),
    proven,
    requires: new Map(),
    hasInputs: true,
  };
}
