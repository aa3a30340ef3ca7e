const analytics =
  /\s*<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;

/**
 * Makes a generated single-file report fit to be passed on: it calls nobody, it does not start before its data is there,
 * and it opens on a page of ours.
 *
 * @param startHash fragment of the page to open on, e.g. `#5f0c…`; without it, the report opens on its list
 * @throws if the report does not have the form this was written for, so that an unsealed one never goes out
 */
export function seal(html: string, startHash?: string): string {
  const quiet = html.replace(analytics, '');
  if (quiet.includes('googletagmanager.com/gtag'))
    throw new Error('The report still loads analytics; seal.ts must follow the new form');
  const anchor = 'window.allureReportOptions =';
  if (!quiet.includes(anchor))
    throw new Error('The report has no place for its start script; seal.ts must follow the new form');
  // The app's script stands before its data: without an object to wait for, a slow page fetches files that do not exist.
  const start =
    startHash === undefined ? '' : `if (location.hash === '') location.hash = ${JSON.stringify(startHash)};\n      `;
  return quiet.replace(
    anchor,
    () => `window.allureReportData = window.allureReportData || {};\n      ${start}${anchor}`,
  );
}
