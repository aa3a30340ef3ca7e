import {
  answered,
  exercise,
  forbidden,
  linesOfCall,
  minorOfMesh,
  proxyLogCommand,
  rbacCountersOf,
  rbacDenial,
  rbacSince,
} from '../../../helpers/index.ts';

const namespace = 'm4-e11-paths';
const spellings = [
  '/admin',
  '/admin/',
  '/admin;x',
  '/x/../admin',
  '/x/%2e%2e/admin',
  String.raw`/x\..\admin`,
  '/%61dmin',
  '//admin',
  '/%2fadmin',
  '/x%2f..%2fadmin',
  '/Admin',
] as const;
type Spelling = (typeof spellings)[number];
/** Which of them reach the vault past the rule, by the setting of the mesh. */
const evading = {
  BASE: ['//admin', '/%2fadmin', '/x%2f..%2fadmin', '/Admin'],
  MERGE_SLASHES: ['/%2fadmin', '/x%2f..%2fadmin', '/Admin'],
  DECODE_AND_MERGE_SLASHES: ['/Admin'],
} as const satisfies Readonly<Record<string, readonly Spelling[]>>;
/** A path that means /public, by other characters. */
const encoded = '/docs%2f..%2fpublic';
const host = (server: string) => `${server}.${namespace}`;
/** Calls every spelling as it stands, and prints body, status and spelling, a line each. */
const everySpelling = (server: string) => [
  'sh',
  '-c',
  `for path; do printf '%s %s\\n' "$(curl --silent --path-as-is --max-time 3 --write-out ' %{http_code}' "http://$0$path")" "$path"; done`,
  host(server),
  ...spellings,
];
const applicationLog = ['logs', 'deployment/backend', '--container', 'nginx', '--tail=-1'];
const byNoAdmin = `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-admin]-rule[0]]`;
const mergesSlashes = (dump: string) => /"mergeSlashes":\s*true/.test(dump);

/** What became of each spelling: the vault answered, the proxy refused, or what else came. */
function ends(printed: string): ReadonlyMap<string, string> {
  const lines = printed.matchAll(/^(.*) (\d{3}) (\S+)$/gm);
  return new Map(
    Array.from(lines, ([, body, status, path = '']) => {
      if (body === 'vault' && status === '200') return [path, 'vault'];
      return [path, body === rbacDenial && status === '403' ? 'refused' : `${status} ${body}`];
    }),
  );
}

/** True if exactly these spellings reach the vault and every other one is refused. */
function evade(printed: string, those: readonly string[]): boolean {
  const seen = ends(printed);
  return spellings.every((path) => seen.get(path) === (those.includes(path) ? 'vault' : 'refused'));
}

exercise(
  'MeshConfig pathNormalization refuses spellings that a DENY rule misses',
  {
    persona: 'Sarah Martinez',
    question: 'We deny /admin. Is it denied, however somebody writes it?',
    proof:
      'Eleven spellings of one path are sent as they stand, by a caller without a proxy that would write them anew. Without a policy all eleven reach the vault of the application, so each of them is a way in. Under the rule four of them still do, in the words of the vault, while the others are refused in the words of the proxy, which has counted as many; under each setting of the mesh it is said beforehand which are left. The public page is answered all the time. That the setting changes what is forwarded, and not only what is judged, stands in the log of the application. One spelling evades every setting; a list of what is allowed refuses all eleven under the default.',
    takeaway:
      'A DENY rule has to foresee every spelling and a list of allowed paths need not: normalise as far as the application does, and prefer the list.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e11.a1', 'm4.e11.a2', 'm4.e11.a3', 'm4.e11.a4', 'm4.e11.a5', 'm4.e11.a6'],
    errata: ['E410'],
    readMore: 'https://istio.io/latest/docs/reference/config/security/normalization/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('pod/caller');
    const page = caller.curl(`http://${host('backend')}/`);
    const publicPage = caller.curl(`http://${host('backend')}/public`);
    const columns = new Map<string, ReadonlyMap<string, string>>();
    /** Calls all spellings until exactly these reach the vault, and keeps the column for the table. */
    const onlyEvades = async (server: string, those: readonly string[], says: string, column: string) => {
      const { stdout } = await caller.eventually(
        says,
        everySpelling(server),
        ({ stdout: printed }) => evade(printed, those),
        { tell: (printed) => printed },
      );
      columns.set(column, ends(stdout));
    };
    const forwardedAs = async (mark: string, path: string) => {
      await caller
        .curl('--path-as-is', `http://${host('backend')}${encoded}?call=${mark}`)
        .settlesOn(answered(200, 'public'), { inARow: 1 });
      await cluster.eventually(`the application was asked for ${path}`, applicationLog, (log) =>
        log.includes(`"GET ${path}?call=${mark} HTTP/1.1" 200`),
      );
    };
    const counters = async () => rbacCountersOf(cluster, 'deployment/backend');

    await lesson.step('Before: without a policy all eleven spellings reach the vault', async () => {
      await page.settlesOn(answered(200, 'public'));
      for (const server of ['backend', 'tuned'])
        await onlyEvades(server, spellings, `${server} opens its vault to every spelling`, 'no policy');
    });

    await lesson.step('A rule denies /admin, and whatever begins so', async () => {
      await cluster.change('20-no-admin.yaml');
    });

    await lesson.step('After: seven spellings are refused, four are not', async () => {
      await caller.curl(`http://${host('backend')}/admin?call=denied`).settlesOn(forbidden);
      await onlyEvades('backend', evading.BASE, `by default ${evading.BASE.join(' and ')} evade the rule`, 'BASE');
      const before = await counters();
      await caller.run(...everySpelling('backend'));
      const { allowed, denied } = rbacSince(before, await counters());
      await lesson.check(
        'the proxy has let four of the eleven pass, and denied seven',
        { allowed, denied },
        (decided) => decided.allowed === 4 && decided.denied === 7,
      );
      await cluster.eventually("the proxy's log names the rule", proxyLogCommand('deployment/backend'), (log) =>
        linesOfCall(log, 'call=denied').some(({ details }) => details === byNoAdmin),
      );
      await page.settlesOn(answered(200, 'public'));
      await forwardedAs('default', encoded);
    });

    await lesson.step('A setting for one pod: whether it counts depends on the release of Istio', async () => {
      const version = await cluster.attempt('istioctl', 'version', '--output', 'json');
      const known = minorOfMesh(version.stdout) >= 31;
      await cluster.eventually(
        `the proxy of the annotated pod ${known ? 'merges slashes, as since Istio 1.31' : 'does not merge slashes, as before Istio 1.31'}`,
        ['proxy-config', 'listeners', `deployment/tuned.${namespace}`, '--port', '15006', '--output', 'json'],
        (dump) => dump.includes('"normalizePath"') && mergesSlashes(dump) === known,
        'istioctl',
        { tell: (dump) => `mergeSlashes: ${mergesSlashes(dump)}` },
      );
      const those = known ? evading.MERGE_SLASHES : evading.BASE;
      await onlyEvades('tuned', those, `at the annotated pod ${those.length} spellings evade the rule`, 'pod');
      await onlyEvades('backend', evading.BASE, 'at the pod beside it four do, as before', 'BASE');
      await lesson.measure(
        'm4.e11.a6',
        'spellings that evade the rule at the annotated pod',
        [...(columns.get('pod')?.values() ?? [])].filter((end) => end === 'vault').length,
        'spellings',
      );
    });

    await lesson.step('The other way round: a list of what is allowed refuses all eleven', async () => {
      await cluster.revert('20-no-admin.yaml');
      await cluster.change('50-allow-list.yaml');
      await onlyEvades('backend', [], 'no spelling reaches the vault, under the same default', 'ALLOW list');
      await page.settlesOn(answered(200, 'public'));
      await publicPage.settlesOn(answered(200, 'public'));
      await cluster.revert('50-allow-list.yaml');
      await cluster.change('20-no-admin.yaml');
    });

    await lesson.step('MERGE_SLASHES for the whole mesh: one spelling less evades the rule', async () => {
      await cluster.changeMeshConfig('30-merge-slashes.yaml');
      const those = evading.MERGE_SLASHES;
      await onlyEvades('backend', those, `${those.join(' and ')} evade the rule`, 'MERGE_SLASHES');
      await page.settlesOn(answered(200, 'public'));
    });

    await lesson.step('DECODE_AND_MERGE_SLASHES: one is left, the one in a capital letter', async () => {
      await cluster.changeMeshConfig('40-decode-and-merge-slashes.yaml');
      const those = evading.DECODE_AND_MERGE_SLASHES;
      await onlyEvades('backend', those, `${those.join(' and ')} evades the rule`, 'DECODE_AND_MERGE_SLASHES');
      await page.settlesOn(answered(200, 'public'));
      await forwardedAs('decoded', '/public');
    });

    await lesson.step('And no setting refuses /Admin, for large and small letters differ in a path', async () => {
      const settings = Object.keys(evading);
      await lesson.check(
        'it has reached the vault under each of them',
        settings.map((setting) => `${setting}: ${columns.get(setting)?.get('/Admin')}`),
        (seen) => seen.length === 3 && seen.every((end) => end.endsWith(': vault')),
      );
      const shown = ['no policy', ...settings, 'ALLOW list'];
      lesson.table(
        'What became of each spelling',
        ['spelling', ...shown],
        spellings.map((path) => [path, ...shown.map((column) => columns.get(column)?.get(path) ?? '')]),
      );
    });

    await lesson.step('And without the rule every spelling reaches the vault again', async () => {
      await cluster.revert('20-no-admin.yaml');
      await onlyEvades('backend', spellings, 'backend opens its vault to every spelling', 'no policy again');
    });
  },
);
