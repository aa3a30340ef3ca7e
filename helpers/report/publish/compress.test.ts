import { gunzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { compressHtml } from './compress.ts';

const long = Buffer.from('the same words again and again '.repeat(50)).toString('base64');
const page = `<head></head><script>start</script><script defer src="data:text/javascript;base64,${long}"></script>x([d("a.json","${long}"),d("b","QQ==")])`;

test('packs files and program, and loses nothing of them', () => {
  const packed = compressHtml(page);
  expect(packed.length - page.length).toBeLessThan(0);
  const content = /d\("a\.json","gzip:([^"]+)"\)/.exec(packed)?.[1] ?? '';
  expect(gunzipSync(Buffer.from(content, 'base64')).toString('base64')).toBe(long);
  const program = /unpack\('([^']+)'\)/.exec(packed)?.[1] ?? '';
  expect(gunzipSync(Buffer.from(program, 'base64')).toString('base64')).toBe(long);
});

test('leaves what packing would not make smaller', () => {
  expect(compressHtml(page)).toContain('d("b","QQ==")');
});

test('unpacks before anything else runs', () => {
  const packed = compressHtml(page);
  expect(packed.indexOf('DecompressionStream')).toBeLessThan(packed.indexOf('start'));
});
