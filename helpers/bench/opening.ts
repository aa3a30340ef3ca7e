import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { stateDir } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** How long a report took to open, in milliseconds from the start of its loading. */
export interface Opening {
  /** Until anything was painted. */
  readonly paintMs: number;
  /** Until its first page could be read. */
  readonly readableMs: number;
}

/** What a copy of the report tells a server of ours once its first page is there. */
function reporter(port: number): string {
  return `<script>
    new MutationObserver((_changes, observer) => {
      const page = document.querySelector('iframe[data-testid="test-result-description-frame"]')?.contentDocument?.body;
      if (!page || page.childElementCount < 2) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
        fetch('http://127.0.0.1:${port}/?paint=' + paint + '&readable=' + performance.now(), { mode: 'no-cors' });
      }));
    }).observe(document, { childList: true, subtree: true, attributes: true });
    </script>`;
}

/**
 * Opens a report from disk in a headless Chromium of its own.
 *
 * @returns undefined where there is no Chromium, or the report did not open
 */
export async function measureOpening(report: string): Promise<Opening | undefined> {
  const folder = await mkdtemp(join(stateDir, 'opening-'));
  const opened = new AbortController();
  let told: Opening | undefined;
  const server = createServer((request, response) => {
    const said = new URL(request.url ?? '/', 'http://localhost').searchParams;
    told = { paintMs: Number(said.get('paint')), readableMs: Number(said.get('readable')) };
    response.end();
    opened.abort();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const page = join(folder, 'report.html');
    const { port } = server.address() as AddressInfo;
    const html = await readFile(report, 'utf8');
    await writeFile(
      page,
      html.replace('<head>', () => `<head>${reporter(port)}`),
    );
    const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const headless = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', ...quiet];
    await run('chromium', [...headless, `--user-data-dir=${join(folder, 'profile')}`, `file://${page}`], {
      signal: opened.signal,
      timeoutMs: timeouts.commandMs,
    });
    return told;
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
