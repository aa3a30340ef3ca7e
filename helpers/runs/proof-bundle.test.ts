import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { UsageProblem } from '../system/errors.ts';
import { compareWithRecord, movedTo, type ProofBundle, readProofBundle, writeProofBundle } from './proof-bundle.ts';

const bundle: ProofBundle = {
  madeAt: '2026-11-29T12:00:00.000Z',
  namespace: 'm8-e8-undone',
  called: 'deployment/backend',
  objects: ['authorizationpolicy.security.istio.io/no-attacker 4711'],
  versions: { istio: '1.31.0' },
  rules: 'a'.repeat(64),
  refused: {
    argv: ['--namespace', 'm8-e8-undone', 'exec', 'deployment/attacker', '--', 'curl', 'http://backend/'],
    status: 403,
    body: 'RBAC: access denied',
  },
  answered: {
    argv: ['--namespace', 'm8-e8-undone', 'exec', 'deployment/frontend', '--', 'curl', 'http://backend/'],
    status: 200,
    body: '{"pod":"backend-1"}',
  },
  line: { caller: 'spiffe://cluster.local/ns/m8-e8-undone/sa/attacker', details: 'policy[no-attacker]', marker: 'one' },
  counted: 1,
  manifests: [
    { file: '10-setup.yaml', yaml: 'kind: Namespace\nmetadata: { name: m8-e8-undone }\n' },
    { file: '20-policy.yaml', yaml: 'kind: AuthorizationPolicy\n' },
  ],
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proof-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a bundle is read as it was written', async () => {
  await writeProofBundle(folder, bundle);
  expect(await readProofBundle(folder)).toEqual(bundle);
});

test('one changed byte of a manifest is refused, with the name of the file', async () => {
  await writeProofBundle(folder, bundle);
  await writeFile(join(folder, '20-policy.yaml'), 'kind: AuthorizationPolicz\n');
  await expect(readProofBundle(folder)).rejects.toThrow(UsageProblem);
  await expect(readProofBundle(folder)).rejects.toThrow('20-policy.yaml');
});

test('so is a changed record, and a file that is missing', async () => {
  await writeProofBundle(folder, bundle);
  const record = join(folder, 'proof.json');
  await writeFile(record, (await readFile(record, 'utf8')).replace('"status": 403', '"status": 200'));
  await expect(readProofBundle(folder)).rejects.toThrow('proof.json of');
  await writeFile(record, 'no JSON');
  await expect(readProofBundle(folder)).rejects.toThrow('proof.json of');
  await writeProofBundle(folder, bundle);
  await rm(join(folder, '10-setup.yaml'));
  await expect(readProofBundle(folder)).rejects.toThrow('10-setup.yaml is missing');
  await rm(record);
  await expect(readProofBundle(folder)).rejects.toThrow('proof.json is missing');
});

test('it moves to another namespace whole', () => {
  const moved = movedTo('proof-1', bundle);
  expect(JSON.stringify(moved)).not.toContain('m8-e8-undone');
  expect(moved.line.caller).toBe('spiffe://cluster.local/ns/proof-1/sa/attacker');
  expect(moved.refused.argv[1]).toBe('proof-1');
});

test('a repetition is the same if verdict, reason, caller, rules and the answered call are', () => {
  const { rules, refused, line } = bundle;
  const answered = { ...bundle.answered, body: '{"pod":"backend-2"}' };
  expect(compareWithRecord(bundle, { rules, refused, answered, line }).map(({ same }) => same)).toEqual(
    Array.from({ length: 5 }, () => true),
  );
  const allowed = { ...refused, status: 200, body: '{"pod":"backend-2"}' };
  expect(compareWithRecord(bundle, { rules: 'b', refused: allowed, answered, line: undefined })).toEqual([
    { what: 'the refused call', recorded: 'HTTP 403 RBAC: access denied', seen: 'HTTP 200', same: false },
    { what: "the proxy's reason", recorded: 'policy[no-attacker]', seen: 'no line', same: false },
    { what: 'the caller', recorded: line.caller, seen: 'no line', same: false },
    { what: 'digest of the rules', recorded: rules, seen: 'b', same: false },
    { what: 'the answered call', recorded: 'HTTP 200', seen: 'HTTP 200', same: true },
  ]);
});
