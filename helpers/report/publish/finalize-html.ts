import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { addSearchWords } from './search-words.ts';

const analytics =
  /\s*<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;
const anchor = 'window.allureReportOptions =';
const appScript = /src="data:text\/javascript;base64,([A-Za-z0-9+/=]+)"/;
const tree = /d\("widgets\/default\/tree\.json",\s*"([A-Za-z0-9+/=]+)"\)/;
const descriptionFrame = /("test-result-description-frame"[^}]{0,200}\{border:0\},sandbox:)"allow-same-origin"/;

/**
 * Makes a generated single-file report fit to be passed on: it calls nobody, it does not start before its data is there,
 * it opens on the page meant to be read first, links in its texts lead somewhere, its search knows what exercises are
 * about, and what no learner needs is hidden.
 *
 * @param firstPage id of the page to open on
 * @param words what an exercise is to be found by, by the id of its page
 * @throws if the report does not have the form this was written for, so that an unsealed one never goes out
 */
export function finalizeHtml(html: string, firstPage: string, words: ReadonlyMap<string, string> = new Map()): string {
  const quiet = html.replace(analytics, '');
  if (quiet.includes('googletagmanager.com')) throw new Error('The report still loads analytics: its form has changed');
  if (!quiet.includes(anchor)) throw new Error('The report has no start script to change: its form has changed');
  const started = quiet.replace(anchor, () => pageScript(firstPage, groupIds(html)) + anchor);
  return openLinks(addSearchWords(started, words)).replace('</head>', () => `<style>${pageStyle}</style></head>`);
}

/** Allure shows descriptions in a sandbox where links are dead; lets a click on one leave it, scripts stay forbidden. */
function openLinks(html: string): string {
  return html.replace(appScript, (whole, encoded: string) => {
    const script = Buffer.from(encoded, 'base64').toString('utf8');
    if (!descriptionFrame.test(script))
      throw new Error('The report has no frame for descriptions: its form has changed');
    const opened = script.replace(
      descriptionFrame,
      '$1"allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"',
    );
    return whole.replace(encoded, Buffer.from(opened).toString('base64'));
  });
}

/** Ids of the groups in the report's tree; none where it has no tree of the known form. */
function groupIds(html: string): string[] {
  const encoded = tree.exec(html)?.[1];
  if (encoded === undefined) return [];
  const { groupsById = {} } = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { groupsById?: object };
  return Object.keys(groupsById);
}
