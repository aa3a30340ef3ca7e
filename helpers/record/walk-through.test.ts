import { expect, test } from 'vitest';

import { asScript, namesOfThisRun, walkThrough } from './walk-through.ts';

const ran = (step: string, typed: string) => ({ step, typed, command: `many times ${typed}`, exitCode: 0 });
const commands = [
  ran('Setup', 'kubectl apply -f fixtures/10-setup.yaml'),
  ran('Before', 'kubectl exec a -- curl x'),
  ran('Before', 'kubectl exec a -- curl x'),
  ran('Before', 'kubectl exec b -- curl x'),
  ran('After', 'kubectl exec a -- curl x'),
];

test('goes step by step, leaves out what is typed twice in a row, and cleans up', () => {
  expect(asScript(walkThrough({ commands, namespaces: ['shop', 'plain'], manifests: [] }))).toBe(
    [
      '# Setup\nkubectl apply -f fixtures/10-setup.yaml',
      '# Before\nkubectl exec a -- curl x\nkubectl exec b -- curl x',
      '# After\nkubectl exec a -- curl x',
      '# Clean up\nkubectl delete namespace shop plain',
    ].join('\n\n'),
  );
});

test('has nothing to clean up where nothing was made', () => {
  expect(walkThrough({ commands: [ran('Setup', 'istioctl version')], namespaces: [], manifests: [] })).toHaveLength(1);
});

test('names what is called otherwise in every run', () => {
  const typed = 'kubectl exec backend-6d4cf56db6-x2x9z -- curl http://10.244.0.7/ http://127.0.0.1/';
  expect(namesOfThisRun({ commands: [ran('After', typed)] })).toEqual(['backend-6d4cf56db6-x2x9z', '10.244.0.7']);
  expect(namesOfThisRun({ commands })).toEqual([]);
});

test('takes away what lies outside of its namespaces too, unless it was taken away', () => {
  const manifests = ['20-here', '30-mesh', '40-gone'].map((name) => ({
    file: `${name}.yaml`,
    yaml: `kind: Sidecar\nmetadata: { namespace: ${name === '20-here' ? 'shop' : 'istio-system'} }`,
    step: 'Change',
  }));
  const typed = [...manifests.map(({ file }) => `kubectl apply -f x/${file}`), 'kubectl delete -f x/40-gone.yaml'];
  const steps = walkThrough({ commands: typed.map((each) => ran('Change', each)), namespaces: ['shop'], manifests });
  expect(steps.at(-1)?.commands).toEqual(['kubectl delete -f x/30-mesh.yaml', 'kubectl delete namespace shop']);
});

test('cleans up in each cluster that the commands name', () => {
  const manifests = [
    { file: '20-rule.both.yaml', yaml: 'kind: Sidecar\nmetadata: { namespace: istio-system }', step: 'Change' },
  ];
  const typed = ['west', 'east'].map((name) => `kubectl --context ${name} apply -f x/20-rule.both.yaml`);
  const steps = walkThrough({ commands: typed.map((each) => ran('Change', each)), namespaces: ['shop'], manifests });
  expect(steps.at(-1)?.commands).toEqual([
    'kubectl --context west delete -f x/20-rule.both.yaml',
    'kubectl --context east delete -f x/20-rule.both.yaml',
    'kubectl --context west delete namespace shop --ignore-not-found',
    'kubectl --context east delete namespace shop --ignore-not-found',
  ]);
});

test('says what ran beside the others', () => {
  const load = "kubectl exec a -- sh -c 'while [ ! -e /tmp/over ]; do curl x; done'";
  const [step] = walkThrough({ commands: [ran('Before', 'x'), ran('Before', load)], namespaces: [], manifests: [] });
  expect(step?.commands).toEqual(['x', '# in a second terminal, while the commands above run:', load]);
});
