import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { manifestsOf, readMessages } from './analysis.ts';
import { groundOf, unread } from './examples.ts';

test('the analysis gets what was kept, one document each, and no Secret', async () => {
  const { landscape } = await groundOf();
  const text = manifestsOf(landscape.seen);
  const kinds = parseAllDocuments(text).map((document) => (document.toJS() as { kind: string }).kind);
  expect(kinds).toContain('VirtualService');
  expect(kinds).not.toContain('Secret');
  expect(kinds).not.toContain('ConfigMap');
  expect(text).not.toContain(unread);
});

test('its messages are read without their texts', () => {
  const stdout = JSON.stringify([
    {
      code: 'IST0101',
      level: 'Error',
      origin: 'VirtualService shop/b',
      message: 'Referenced host not found: "web+v2"',
    },
    { code: 'IST0102', level: 'Info', origin: 'Namespace shop', message: '' },
  ]);
  expect(readMessages(stdout)).toEqual([
    { code: 'IST0101', level: 'Error', kind: 'VirtualService', namespace: 'shop', name: 'b' },
    { code: 'IST0102', level: 'Info', kind: 'Namespace', namespace: '', name: 'shop' },
  ]);
  expect(readMessages('[]')).toEqual([]);
  expect(readMessages('Error: unknown flag')).toBeUndefined();
});
