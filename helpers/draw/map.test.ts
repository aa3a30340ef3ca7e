import { expect, test } from 'vitest';

import { exampleObservation as call } from '../record/examples.ts';
import type { Observation, SeenWorkload, Story } from '../record/observation.ts';
import { emptyRecord } from '../record/record.ts';
import { drawMap } from './map.ts';
import { sceneOf } from './scene.ts';

const pod = (name: string, sidecar: boolean, labels = { app: name }): SeenWorkload => ({
  namespace: 'bank',
  name,
  labels,
  sidecar,
  pods: [{ name: `${name}-1`, address: '10.0.0.7' }],
});
const service = `
kind: Service
metadata: { name: backend, namespace: bank }
spec: { selector: { app: backend } }
`;
const policy = `
kind: AuthorizationPolicy
metadata: { name: guard, namespace: bank }
spec: { selector: { matchLabels: { app: backend } } }
`;
const file = '20-policy.yaml';
const workloads = [pod('attacker', false), pod('backend', true)];
const refused: Observation = { ...call, changed: true, inForce: [file], verdict: 'blocked', signature: 'HTTP 403' };
const story: Story = {
  ...emptyRecord,
  setup: [{ file: '10-setup.yaml', yaml: service, step: '' }],
  manifests: [{ file, yaml: policy, step: '' }],
  workloads: { before: workloads, after: workloads },
  observations: [call, refused, { ...call, changed: true, inForce: [] }],
};
const count = (svg: string, part: string) => svg.split(part).length - 1;

test('draws namespaces, pods and proxies before and after, and the rule only after', () => {
  const svg = drawMap(story);
  expect(count(svg, 'namespace bank')).toBe(2);
  expect(count(svg, '>attacker</text>')).toBe(2);
  expect(count(svg, 'Istio proxy (sidecar)')).toBe(2);
  expect(count(svg, 'no proxy')).toBe(2);
  expect(count(svg, '>AuthorizationPolicy guard</text>')).toBe(1);
});

test('draws one panel where the change is nothing that a map can show', () => {
  const configMap = 'kind: ConfigMap\nmetadata: { name: rules, namespace: bank }\n';
  const svg = drawMap({ ...story, observations: [], manifests: [{ file, yaml: configMap, step: '' }] });
  expect(count(svg, 'namespace bank')).toBe(1);
  expect(svg).toContain('Who was where');
});

test('tells who got through by symbol and line, not by colour alone', () => {
  const svg = drawMap(story);
  expect(svg).toContain('✓ HTTP 200');
  expect(svg).toContain('✕ HTTP 403');
  expect(count(svg, 'stroke-dasharray="8 5"')).toBe(2);
});

test('shows the change at work, not what came when it was taken away again', () => {
  const [before, after] = sceneOf(story).moments;
  expect(before?.ways.map(({ seen }) => seen.verdict)).toEqual(['allowed']);
  expect(after?.ways.map(({ seen }) => seen.verdict)).toEqual(['blocked']);
});

test('takes calls as they first ended after the change where the record does not say what was in force', () => {
  const old = story.observations.map(({ inForce: _unknown, ...seen }) => seen);
  const [, after] = sceneOf({ ...story, observations: old }).moments;
  expect(after?.ways.map(({ seen }) => seen.verdict)).toEqual(['blocked']);
});

test('leads an arrow to the workload that answered', () => {
  const versions = [pod('backend-v1', false, { app: 'backend' }), pod('backend-v2', false, { app: 'backend' })];
  const observations = [{ ...call, answeredBy: 'backend-v2-1' }];
  const [moment] = sceneOf({ ...story, workloads: { before: versions, after: versions }, observations }).moments;
  expect(moment?.ways.map(({ to }) => to.name)).toEqual(['backend-v2']);
});

test('shows how many calls by one command were shared out, the pods of a workload together', () => {
  const versions = [
    {
      ...pod('backend-v1', false, { app: 'backend' }),
      pods: ['1', '2'].map((n) => ({ name: `backend-v1-${n}`, address: '' })),
    },
    pod('backend-v2', false, { app: 'backend' }),
  ];
  const share = (answeredBy: string, times: number) => ({ ...call, answeredBy, times, of: 40, command: 3 });
  const shares = [share('backend-v1-1', 20), share('backend-v1-2', 16), share('backend-v2-1', 4)];
  const told = { ...story, manifests: [], observations: [], shares, workloads: { before: versions, after: versions } };
  expect(sceneOf(told).moments[0]?.ways.map(({ to, share: part }) => [to.name, part?.times])).toEqual([
    ['backend-v1', 36],
    ['backend-v2', 4],
  ]);
  expect(drawMap(told)).toContain('✓ HTTP 200: 36 of 40 calls');
  const later = [{ ...share('backend-v1-1', 40), command: 5 }];
  expect(drawMap({ ...told, shares: [...shares, ...later] })).not.toContain('36 of 40');
});

test('marks where a route applies: in the proxy of who calls', () => {
  const route = 'kind: VirtualService\nmetadata: { name: canary, namespace: bank }\nspec: { hosts: [backend] }';
  const callers = [pod('attacker', true), pod('backend', false)];
  const manifests = [{ file, yaml: route, step: '' }];
  const svg = drawMap({ ...story, manifests, workloads: { before: callers, after: callers } });
  expect(count(svg, '>VirtualService canary</text>')).toBe(1);
  expect(count(drawMap({ ...story, manifests }), '>VirtualService canary</text>')).toBe(0);
});

test('shows who comes later as not there yet', () => {
  const after = [...workloads, pod('newcomer', false)];
  expect(count(drawMap({ ...story, workloads: { before: workloads, after } }), 'not there yet')).toBe(1);
});

test('draws who is no part of the cluster outside of it, and nothing where nothing took place', () => {
  const svg = drawMap({ ...story, observations: [{ ...call, target: 'example', host: 'example.com' }] });
  expect(svg).toContain('outside of the exercise');
  expect(drawMap(emptyRecord)).toBe('');
});

test('tells how many pods there were at one time, and names of any length', () => {
  const [, backend] = workloads;
  const pods = ['old', 'new'].map((name) => ({ name, address: '' }));
  const after = [...workloads.slice(0, 1), { ...pod('backend', true), pods, atOnce: 1 }];
  expect(backend).toBeDefined();
  expect(drawMap({ ...story, workloads: { before: workloads, after } })).not.toContain('backend ×');
  const away = { ...call, target: 'istiod.istio-system:15014', host: 'istiod.istio-system.svc:15014' };
  expect(drawMap({ ...story, observations: [away] })).toContain('>istiod.istio-system:15014<');
});

test('has room within the picture for every rule of a namespace', () => {
  const wide = ['one', 'two', 'three', 'four'].map((name) => ({
    file: `${name}.yaml`,
    yaml: `kind: NetworkPolicy\nmetadata: { name: ${name}, namespace: bank }\nspec: { podSelector: {} }`,
    step: '',
  }));
  const svg = drawMap({ ...story, manifests: wide, observations: [call] });
  const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const tags = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="17"/g)];
  const places = tags.map(([, x, y, w]) => [Number(x), Number(y), Number(w)] as const).filter(([, , w]) => w === 290);
  expect(places).toHaveLength(4);
  expect(places.every(([x, , w]) => x + w < width)).toBe(true);
  expect(new Set(places.map(([x, y]) => `${x} ${y}`)).size).toBe(4);
});

test('says of a container in whose pod it is, and of no rule that its calls go through the proxy', () => {
  const route = 'kind: VirtualService\nmetadata: { name: canary, namespace: bank }\nspec: { hosts: [backend] }';
  const typed = 'kubectl --namespace bank exec deployment/other --container past-proxy -- curl http://backend/';
  const svg = drawMap({
    ...story,
    manifests: [{ file, yaml: route, step: '' }],
    observations: [{ ...refused, caller: 'past-proxy', callerNamespace: 'bank', command: 0 }],
    commands: [{ step: '', command: '', typed, exitCode: 0 }],
  });
  expect(svg).toContain('container in a pod of other');
  expect(svg).not.toContain('>VirtualService canary<');
});

test('draws a policy that leaves some pods out at the others, not at all', () => {
  const yaml =
    'kind: NetworkPolicy\nmetadata: { name: most, namespace: bank }\n' +
    'spec: { podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [attacker] }] } }';
  const svg = drawMap({ ...story, manifests: [{ file, yaml, step: '' }] });
  expect(count(svg, '>NetworkPolicy most</text>')).toBe(1);
  expect(svg).not.toContain('for every pod here');
});

test('draws before and after where no manifest made the change but the steps tell of one', () => {
  const told = {
    ...story,
    manifests: [],
    observations: [
      { ...refused, changed: false, inForce: [], step: 'Before: there is no way' },
      { ...call, step: 'After: there is one' },
    ],
  };
  const { moments } = sceneOf(told);
  expect(moments.map(({ title, ways }) => `${title}: ${ways.map(({ seen }) => seen.verdict).join()}`)).toEqual([
    'Before the change: blocked',
    'After the change: allowed',
  ]);
});

test('escapes what it is told', () => {
  expect(drawMap({ ...story, observations: [{ ...call, signature: '<b>' }] })).toContain('&lt;b&gt;');
});

test('draws a frame around what is in each of two clusters, and leads an arrow into the one that answered', () => {
  const clusters = ['west', 'east'];
  const pods = clusters.flatMap((cluster) =>
    ['frontend', 'backend'].map((name) =>
      Object.assign(pod(name, true), { cluster, pods: [{ name: `${name}-${cluster}`, address: '' }] }),
    ),
  );
  const observations: Observation[] = [
    { ...call, caller: 'frontend', cluster: 'west', answeredBy: 'backend-east' },
    { ...call, caller: 'frontend', cluster: 'east', answeredBy: 'backend-east' },
    {
      ...call,
      caller: 'frontend',
      cluster: 'west',
      host: 'backend.bank:81',
      changed: true,
      inForce: [`east: ${file}`],
    },
  ];
  const both: Story = {
    ...story,
    setup: clusters.map((cluster) => ({ file: `10-setup.${cluster}.yaml`, yaml: service, cluster, step: '' })),
    manifests: clusters.map((cluster) => ({ file, yaml: policy, cluster, step: '' })),
    workloads: { before: pods, after: pods },
    observations,
  };
  const svg = drawMap(both);
  expect(count(svg, '>cluster west</text>')).toBe(2);
  expect(count(svg, 'namespace bank')).toBe(4);
  const [before, after] = sceneOf(both).moments;
  expect(before?.ways.map(({ from, to }) => `${from.cluster} to ${to.cluster}`)).toEqual([
    'west to east',
    'east to east',
  ]);
  expect(after?.ways.map(({ to, among }) => [to.cluster, among])).toEqual([['west', 2]]);
  expect(after?.rules.map(({ cluster }) => cluster)).toEqual(['east']);
});
