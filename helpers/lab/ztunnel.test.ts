import { expect, test } from 'vitest';

import { versionIn, ztunnelAt } from './ztunnel.ts';

const info = (version: string, istio: string) =>
  `version.BuildInfo{Version:"${version}", GitRevision:"unknown", RustVersion:"1.95.0", IstioVersion:"${istio}"}\n`;

test('a ztunnel is called by its release of Istio, or by what it knows of itself', () => {
  expect(versionIn(info('abc', '1.31.1'))).toBe('1.31.1');
  expect(versionIn(info('abc', 'unknown'))).toBe('abc');
  expect(versionIn(info('unknown', 'unknown'))).toBe("the user's build, which names no version");
});

test('another program is no ztunnel', async () => {
  expect(versionIn('1.2.3\n')).toBeUndefined();
  expect(await ztunnelAt('/bin/true')).toBeUndefined();
});

test('a file that is not there, or that cannot be run, is no ztunnel', async () => {
  expect(await ztunnelAt('/nowhere/ztunnel')).toBeUndefined();
  expect(await ztunnelAt(import.meta.filename)).toBeUndefined();
});
