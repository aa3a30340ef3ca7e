/**
 * Reads somebody's own cluster and answers four questions about it, each with what shows the same on a lab:
 * make discover CONTEXT=name [NAMESPACES=a,b] [METRICS=yes] [WORKLOAD=namespace/name] [NAMES=yes] [RUN=dir]. It only reads, at
 * most five requests a second and 500 in all. PLAN=yes prints the requests and makes none; FORGET=yes removes what the
 * hidden names of the last report stand for.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { assertionsOf, readCurriculum } from '../curriculum/curriculum.ts';
import { anIncident, type WorkloadName } from '../discover/an-incident.ts';
import { analyse } from '../discover/analysis.ts';
import { betweenServices } from '../discover/between-services.ts';
import { collect, planOf, type Scope } from '../discover/collect.ts';
import { contextNamesIn, contextOf, credentialsOf, sendTo } from '../discover/context.ts';
import type { Ground } from '../discover/finding.ts';
import { GetOnly, limits } from '../discover/get-only.ts';
import { howTheyTalk } from '../discover/how-they-talk.ts';
import type { KindName } from '../discover/kinds.ts';
import { linesOf } from '../discover/lines.ts';
import { count, type Counted, findPrometheus, type PrometheusPlace } from '../discover/metrics.ts';
import { forgetNames, Names } from '../discover/names.ts';
import { provenOf } from '../discover/proven.ts';
import { Walls } from '../discover/reach.ts';
import { type Discovery, jsonOf, markdownOf, requestsOf } from '../discover/report.ts';
import { roiInputsOf, setAside } from '../discover/roi-inputs.ts';
import { whatHurts } from '../discover/what-hurts.ts';
import { metricsWanted, scopeOf, workloadOf } from '../discover/wishes.ts';
import { type Landscape, landscapeOf, workloadsOf } from '../discover/workloads.ts';
import { chooseContext, userKubeconfigs } from '../lab/existing/kubeconfig.ts';
import { Lines } from '../present/lines.ts';
import { screenWidth } from '../present/screen-width.ts';
import { scanText } from '../report/publish/secret-scan.ts';
import { exampleInputs } from '../roi/example.ts';
import { namedCourse } from '../runs/last-course.ts';
import { EnvironmentProblem, exitCodes, Problem, UsageProblem } from '../system/errors.ts';
import { reportsDir, stateDir } from '../system/paths.ts';
import { paced } from '../system/polling.ts';
import { command } from './command.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

const folder = join(reportsDir, 'discover');
/** What is written there. */
const written = ['report.md', 'report.json', 'requests.txt', 'roi-inputs.yaml'];
/** Kinds whose objects are rules in the words of a report. */
const rulesOf = [
  'networkPolicies',
  'peerAuthentications',
  'authorizationPolicies',
  'virtualServices',
  'destinationRules',
  'telemetries',
] as const satisfies readonly KindName[];
const asked = ['PLAN', 'NAMES', 'FORGET', 'NAMESPACES', 'METRICS', 'WORKLOAD', 'RUN'] as const;

await command(async () => {
  const { PLAN, NAMES, FORGET, NAMESPACES, METRICS, WORKLOAD, RUN } = given(...asked);
  const plan = PLAN === 'yes';
  if (FORGET === 'yes') {
    if (plan) throw new UsageProblem('PLAN=yes does nothing, and FORGET=yes removes', 'leave one of them out');
    await forgetNames();
    say('What hidden names stand for is forgotten.');
    return 0;
  }
  const scope = scopeOf(NAMESPACES);
  const metrics = metricsWanted(METRICS);
  const workload = workloadOf(WORKLOAD);
  const files = userKubeconfigs(process.env);
  const context = chooseContext(process.env['CONTEXT'], await contextNamesIn(files), 'make discover');
  if (plan) {
    for (const line of planOf(scope, metrics !== false)) say(line);
    say(`No request was made. Lists go on in pages of ${limits.pageSize}, at most ${limits.requests} requests in all.`);
    return 0;
  }
  // It says what is proven, when all has been read.
  if (RUN !== undefined) await namedCourse(RUN);
  const hidden = NAMES !== 'yes' || !(await isConfirmed());
  await mkdir(stateDir, { recursive: true });
  const config = contextOf(context, files);
  const api = new GetOnly(sendTo(config), paced(limits.apartMs));
  return discover(api, { scope, metrics, workload, hidden, report: RUN, credentials: credentialsOf(config) });
});

interface Wishes {
  readonly scope: Scope;
  readonly metrics: boolean | PrometheusPlace;
  readonly workload: WorkloadName | undefined;
  readonly hidden: boolean;
  /** Folder of a report, which says what is proven. */
  readonly report: string | undefined;
  readonly credentials: ReadonlyMap<string, string>;
}

async function discover(
  api: GetOnly,
  { scope, metrics, workload, hidden, report, credentials }: Wishes,
): Promise<number> {
  const date = new Date().toISOString();
  const version = versionIn(await api.request('GET', '/version'));
  const landscape = landscapeOf(await collect(api, scope), scope);
  if (workload !== undefined) checkWorkload(workload, landscape);
  const counted = metrics === false ? undefined : await countAt(api, metrics, landscape);
  const names = namesFor(landscape, hidden);
  const messages = hasRules(landscape) ? await analyse(landscape.seen) : [];
  const ground: Ground = { landscape, walls: new Walls(landscape), names, counted, messages };
  const answers = [howTheyTalk(ground), whatHurts(ground), betweenServices(ground), anIncident(ground, workload)];
  const rows = assertionsOf(await readCurriculum());
  const shows = [...new Set(answers.flatMap(({ findings }) => findings.flatMap((finding) => finding.shows)))];
  const inputs = roiInputsOf(landscape, await readFile(exampleInputs, 'utf8'));
  const { gap, blind, items } = landscape.seen.namespaces;
  const discovery: Discovery = {
    date,
    version,
    namespaces: { lookedAt: landscape.namespaces.length, all: blind || gap !== undefined ? undefined : items.length },
    hidden,
    asked: api.asked,
    answers,
    proven: await provenOf(shows, report),
    requires: new Map(rows.map(({ id, requires }) => [id, requires])),
    hasInputs: inputs !== undefined,
  };
  const texts = new Map([
    ['report.md', markdownOf(discovery)],
    ['report.json', jsonOf(discovery)],
    ['requests.txt', requestsOf(api.asked, names)],
    ...(inputs === undefined ? [] : [['roi-inputs.yaml', inputs] as const]),
  ]);
  await refuseSecrets(texts, credentials);
  await mkdir(folder, { recursive: true });
  const kept = await setAside(folder, inputs, date);
  // What somebody put beside them is theirs.
  for (const name of written) await rm(join(folder, name), { force: true });
  for (const [name, text] of texts) await writeFile(join(folder, name), text);
  await names.keep();
  for (const line of linesOf(discovery, screenWidth(process.stdout.columns))) say(line);
  say(`Written: reports/discover/ (${[...texts.keys()].join(', ')})`);
  if (kept !== undefined) say(`The inputs that were there before are in reports/discover/${kept}.`);
  if (!landscape.seen.pods.blind) return 0;
  throw new EnvironmentProblem(
    `pods could not be read: ${landscape.seen.pods.gap ?? ''}`,
    'kind/discover-role.yaml has the rights that are needed; with rights in some namespaces alone, name them: NAMESPACES=a,b',
  );
}

/** True once the word was typed again. @throws {UsageProblem} otherwise */
async function isConfirmed(): Promise<true> {
  const lines = new Lines(process.stdin, process.stdout);
  const word = await lines.ask('The report will hold the names of namespaces and workloads. Type yes again: ');
  lines.end();
  if (!process.stdin.isTTY) say('');
  if (word?.trim() === 'yes') return true;
  throw new UsageProblem('names stay hidden unless yes is typed again', 'leave NAMES out, or type yes when asked');
}

/** Major and minor version alone: what stands behind them tells who runs the cluster. */
function versionIn({ status, body }: { readonly status: number; readonly body: string }): string {
  if (status !== 200) return '';
  const { gitVersion = '' } = JSON.parse(body) as { gitVersion?: string };
  return /^v(\d+\.\d+)/.exec(gitVersion)?.[1] ?? '';
}

function checkWorkload({ namespace, workload }: WorkloadName, { pods, seen }: Landscape): void {
  if (seen.pods.blind || pods.some((pod) => pod.namespace === namespace && pod.workload === workload)) return;
  throw new UsageProblem(
    `WORKLOAD=${namespace}/${workload} has no pod among those of applications that were looked at`,
    'correct it, e.g. WORKLOAD=shop/web for the Deployment web, or leave it out',
  );
}

async function countAt(api: GetOnly, wanted: true | PrometheusPlace, { seen }: Landscape): Promise<Counted> {
  const place = wanted === true ? findPrometheus(seen) : wanted;
  if (place !== undefined) return count(api, place);
  const gap = 'no Service named prometheus was seen; METRICS=namespace/service:port names one';
  return { edges: [], targets: undefined, gap };
}

function hasRules({ seen }: Landscape): boolean {
  const { virtualServices, destinationRules, peerAuthentications, authorizationPolicies, telemetries } = seen;
  const lists = [virtualServices, destinationRules, peerAuthentications, authorizationPolicies, telemetries];
  return lists.some(({ items }) => items.length > 0);
}

function namesFor({ seen, pods, gateways, services, namespaces }: Landscape, hidden: boolean): Names {
  return new Names(hidden, {
    ns: Math.max(seen.namespaces.items.length, namespaces.length),
    app: workloadsOf([...pods, ...gateways]).length,
    svc: services.length,
    rule: rulesOf.reduce((sum, key) => sum + seen[key].items.length, 0),
  });
}

/** @throws {Problem} if something that would be written holds what looks like a secret; nothing is written then */
async function refuseSecrets(texts: ReadonlyMap<string, string>, secret: ReadonlyMap<string, string>): Promise<void> {
  const found = await Promise.all([...texts].map(([name, text]) => scanText(text, name, { secret, published: [] })));
  const [first] = found.flat();
  if (first === undefined) return;
  throw new Problem(
    `Nothing was written: ${first.where} would hold what looks like a secret (${first.kind})`,
    'leave NAMES out, so that no name of the cluster is told',
    exitCodes.failed,
  );
}
