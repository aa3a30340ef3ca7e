import { expect, test } from 'vitest';

import { finalizeHtml } from './finalize-html.ts';

const tag = '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>\n<script>gtag("x")</script>';
const frame = '{"data-testid":"test-result-description-frame",srcDoc:l,style:{border:0},sandbox:"allow-same-origin"}';
const app = (script: string) =>
  `<script defer src="data:text/javascript;base64,${Buffer.from(script).toString('base64')}"></script>`;
const page = (head: string) => `<head>${head}</head><script>\n      window.allureReportOptions = {"a":1}\n</script>`;

test('takes out analytics, waits for the data and opens on the first page', () => {
  const sealed = finalizeHtml(page(tag), 'abc');
  expect(sealed).not.toContain('gtag');
  expect(sealed.indexOf('window.allureReportData =')).toBeLessThan(sealed.indexOf('window.allureReportOptions ='));
  expect(sealed).toContain("location.hash = '#abc'");
});

test('lets a click on a link leave the frame of a description, and no script run in it', () => {
  const encoded = /base64,([^"]+)/.exec(finalizeHtml(page(app(frame)), 'abc'))?.[1] ?? '';
  const script = Buffer.from(encoded, 'base64').toString();
  expect(script).toContain('allow-top-navigation-by-user-activation');
  expect(script).not.toContain('allow-scripts');
});

test('opens every group of the list', () => {
  const tree = Buffer.from(JSON.stringify({ groupsById: { a1: {}, b2: {} } })).toString('base64');
  expect(finalizeHtml(page(`d("widgets/default/tree.json","${tree}")`), 'abc')).toContain('["a1","b2"]');
});

test('refuses a report whose form it does not know', () => {
  expect(() => finalizeHtml('<head></head>', 'abc')).toThrow('no start script');
  expect(() => finalizeHtml(page('<link href="https://www.googletagmanager.com/x">'), 'abc')).toThrow(
    'still loads analytics',
  );
  expect(() => finalizeHtml(page(app('other')), 'abc')).toThrow('no frame for descriptions');
});

test('hides what no learner needs, and lets the search find an exercise by more than its name', () => {
  const index = Buffer.from(JSON.stringify([{ id: 'a' }])).toString('base64');
  const html = page(`</head>d("widgets/search-index.json","${index}")`);
  const sealed = finalizeHtml(html, 'abc', new Map([['a', 'kind: NetworkPolicy']]));
  expect(sealed).toContain('[data-testid="test-result-tab-retries"]');
  const encoded = /search-index\.json","([^"]+)"/.exec(sealed)?.[1] ?? '';
  expect(Buffer.from(encoded, 'base64').toString()).toContain('NetworkPolicy');
});
