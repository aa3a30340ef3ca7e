import { expect, test } from 'vitest';

import { goFinding, npmFinding } from './audit-findings.ts';

const asked = (exitCode: number, stdout: string, stderr = '') => ({ exitCode, stdout, stderr });

test('packages with advisories are named with their severity', () => {
  const some = JSON.stringify({ vulnerabilities: { 'left-pad': { severity: 'high' } } });
  expect(npmFinding(asked(1, some))).toMatchObject({ verdict: 'vulnerable', says: 'left-pad high' });
  expect(npmFinding(asked(0, JSON.stringify({ vulnerabilities: {} })))).toMatchObject({ verdict: 'clean' });
});

test('a registry that tells no advisories makes nothing clean', () => {
  expect(npmFinding(asked(1, '{"error":{"summary":"405"}}')).verdict).toBe('not asked');
  expect(npmFinding(asked(1, 'no JSON')).verdict).toBe('not asked');
});

test("a program's vulnerabilities are named once each", () => {
  const found = 'Vulnerability #1: GO-2026-0001\n  text\nVulnerability #2: GO-2026-0001\n';
  expect(goFinding('go x: y', asked(3, found))).toEqual({
    of: 'go x: y',
    verdict: 'vulnerable',
    says: 'GO-2026-0001',
  });
  expect(goFinding('go x: y', asked(0, 'No vulnerabilities found.')).verdict).toBe('clean');
});

test('a database out of reach makes no program clean', () => {
  const finding = goFinding('go x: y', asked(1, '', 'govulncheck: fetching: lookup vuln.dev: no such host\n'));
  expect(finding).toMatchObject({ verdict: 'not asked', says: 'lookup vuln.dev: no such host' });
});
