import { expect, test } from 'vitest';

import { candidates, debianOffers, installedVersions } from './debian.ts';

const status = [
  'Package: curl\nStatus: install ok installed\nVersion: 8.14.1-2\n',
  'Package: nginx\nStatus: install ok installed\nVersion: 1.26.3-3\n',
  'Package: gone\nStatus: deinstall ok config-files\nVersion: 1.0\n',
].join('\n');
const policy = `curl:
  Installed: (none)
  Candidate: 8.14.1-2+deb13u1
  Version table:
nginx:
  Installed: 1.26.3-3
  Candidate: 1.26.3-3
  Version table:
`;

test('packages that would come in another version are offered together', () => {
  const installed = installedVersions(status);
  expect([...installed.keys()]).toEqual(['curl', 'nginx']);
  expect(debianOffers(installed, candidates(policy))).toMatchObject([
    { part: '1 packages of Debian trixie', newer: 'curl 8.14.1-2 → 8.14.1-2+deb13u1' },
  ]);
  expect(debianOffers(installed, installed)).toEqual([]);
});
