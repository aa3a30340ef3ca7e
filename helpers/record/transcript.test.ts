import { expect, test } from 'vitest';

import { digest, fullText, isShownWhole } from './transcript.ts';

const transcript = { command: 'kubectl get pods', stdout: '', stderr: '', exitCode: 0, durationMs: 12.4 };

test('shows what an answer turns on and leaves out everyday headers and tags', () => {
  const stdout =
    'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: today\r\n\r\n<html>\n<p>Server&nbsp;name: v2</p>\n</html>\n';
  expect(digest({ ...transcript, stdout })).toEqual(['HTTP/1.1 200 OK', 'Server: nginx', 'Server name: v2']);
});

test('keeps words in angle brackets that kubectl prints', () => {
  expect(digest({ ...transcript, stdout: 'backend <none>\n' })).toEqual(['backend <none>']);
});

test('says how a command failed, and that a silent one did not', () => {
  expect(digest({ ...transcript, stderr: 'curl: (28) timed out\n', exitCode: 28 })).toEqual([
    'curl: (28) timed out',
    'exit code 28',
  ]);
  expect(digest(transcript)).toEqual(['(no output, exit code 0)']);
});

test('counts the lines it does not show', () => {
  const stdout = Array.from({ length: 9 }, (_, line) => `line ${line}`).join('\n');
  expect(digest({ ...transcript, stdout }).at(-1)).toBe('… 3 more lines in the whole output');
});

test('leaves out the middle of a very long output', () => {
  const stdout = Array.from({ length: 200 }, (_, line) => `line ${line}`).join('\n');
  const text = fullText({ ...transcript, stdout });
  expect(text).toContain('line 59\n… 80 lines left out …\nline 140');
  expect(text.startsWith('$ kubectl get pods\n')).toBe(true);
  expect(text).toContain('[exit code 0 after 12 ms]');
});

test('tells an output that is shown whole from one that has more', () => {
  expect(isShownWhole({ ...transcript, stdout: 'deployment created\n' })).toBe(true);
  expect(isShownWhole({ ...transcript, stdout: 'HTTP/1.1 200 OK\r\nDate: today\r\n' })).toBe(false);
  expect(isShownWhole({ ...transcript, stdout: 'line\n'.repeat(3) + 'x'.repeat(400) })).toBe(false);
});
