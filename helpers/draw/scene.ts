/** What a map of an exercise shows: who was there, who called whom before and after, and where rules apply. */
import { nameInForce, type SeenCall, type Share, type Story } from '../record/observation.ts';
import { carries, type Manifest, type NamedService, type Rule, rulesOf, servicesOf, workloadsOf } from './rules.ts';

/** Pods of one workload, as a place on the map. */
export interface Place {
  /** Where the exercise has several clusters, e.g. `west`; not known of what it did not bring along. */
  readonly cluster?: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unknown where no cluster was asked. */
  readonly sidecar: boolean | undefined;
  readonly pods: readonly { readonly name: string; readonly address: string }[];
  /** How many pods there were at one time, where some of them have taken the place of others. */
  readonly atOnce?: number;
  /** Name of the workload, where the place is no workload but one container in its pods. */
  readonly inside?: string;
}

/** Calls that went the same way and ended alike. */
export interface Way {
  readonly from: Place;
  /** The pods that answered, or would have. */
  readonly to: Place;
  /** How many workloads the name that was called stands for. */
  readonly among: number;
  /** True if it is known which of them answered. */
  readonly named: boolean;
  readonly seen: SeenCall;
  /** How many of the calls that one command made went this way, where it made many. */
  readonly share?: Pick<Share, 'times' | 'of'>;
}

/** The map at one moment. */
export interface Moment {
  readonly title: string;
  /** Who was there then; without those that came later. */
  readonly places: readonly Place[];
  readonly ways: readonly Way[];
  readonly rules: readonly Rule[];
}

/** All that a map is drawn from. */
export interface Scene {
  readonly places: readonly Place[];
  readonly services: readonly NamedService[];
  /** Before and after the change; one where nothing was changed. */
  readonly moments: readonly Moment[];
}

/** Namespace of what the exercise did not bring along. */
export const outside = 'outside of the exercise';
/** Namespace of what was called, in records of earlier releases. */
const unknown = 'where the record does not say';

/** What a scene is read from. */
export type Told = Pick<Story, 'setup' | 'workloads' | 'observations' | 'shares' | 'manifests' | 'commands'>;

/** What tells a place from others. */
type Site = Pick<Place, 'cluster' | 'name' | 'namespace'>;

/** What one command has shown: a call, or the shares of many. */
type Shown = readonly [SeenCall, ...SeenCall[]];

/** Reads a story as a scene. */
export function sceneOf(story: Told): Scene {
  const { manifests } = story;
  const shown = shownBy(story);
  const { setup } = story;
  const all = [...setup, ...manifests];
  const services = servicesOf(all);
  const known = placesOf(story, all);
  const strangers: Place[] = [];
  const wayOf = (seen: SeenCall): Way => {
    const from =
      callerIn(known, seen) ??
      stranger(strangers, seen.caller, seen.callerNamespace, clusterOf(seen), podOf(story.commands, seen));
    const elsewhere = story.setup.length === 0 ? unknown : outside;
    const { place, among = 1, named = true } = calledIn(known, services, seen);
    const to = place ?? stranger(strangers, nameOf(seen), elsewhere);
    const share = 'times' in seen ? { share: seen as Share } : {};
    return { from, to, among, named, seen, ...share };
  };
  const waysOf = (calls: readonly Shown[]) => together(calls.flat().map(wayOf));
  // A change that is no manifest, such as a route on a node, is told from what was before it by the steps alone.
  const turn = manifests.length === 0 ? turnOf(shown) : undefined;
  const before = waysOf(latest(turn === undefined ? shown.filter(([{ changed }]) => !changed) : shown.slice(0, turn)));
  const { files, calls } = turn === undefined ? atItsFullest(shown) : { files: [], calls: latest(shown.slice(turn)) };
  const after = waysOf(calls);
  const inForce = manifests.filter((manifest) => files === undefined || files.includes(nameInForce(manifest)));
  const rules = { before: rulesOf(setup), after: rulesOf([...setup, ...inForce]) };
  const places = [...known, ...strangers];
  const cameLater = new Set(
    places.filter((place) => isAmong(story.workloads.after, place) && !isAmong(story.workloads.before, place)),
  );
  const atFirst = places
    .filter((place) => !cameLater.has(place) || before.some(({ from, to }) => from === place || to === place))
    .map((place) => story.workloads.before.find((each) => isSame(each, place)) ?? place);
  const moments =
    manifests.length === 0 && turn === undefined
      ? [{ title: 'Who called whom', places, ways: before, rules: rules.before }]
      : [
          { title: 'Before the change', places: atFirst, ways: before, rules: rules.before },
          { title: afterTitle(rules.after, rules.before), places, ways: after, rules: rules.after },
        ];
  return { places, services, moments };
}

/** Place of the first call of a step “After: …”, where calls of a step “Before: …” came before it. */
function turnOf(shown: readonly Shown[]): number | undefined {
  const turn = shown.findIndex(([{ step }]) => step.startsWith('After'));
  return shown.slice(0, Math.max(0, turn)).some(([{ step }]) => step.startsWith('Before')) ? turn : undefined;
}

function afterTitle(rules: readonly Rule[], known: readonly Rule[]): string {
  const added = rules.filter(({ kind, name }) => !known.some((rule) => rule.kind === kind && rule.name === name));
  if (added.length === 0) return 'After the change';
  const names = added.slice(0, 2).map(({ kind, name }) => `${kind} ${name}`);
  const rest = added.length > names.length ? ` and ${added.length - names.length} more` : '';
  return `After the change: with ${names.join(', ')}${rest}`;
}

/** True for one and the same place, whatever is known of it. */
export function isSame(one: Site, other: Site): boolean {
  return one.name === other.name && one.namespace === other.namespace && one.cluster === other.cluster;
}

function isAmong(places: readonly Site[], place: Place): boolean {
  return places.some((each) => isSame(each, place));
}

/** Who was there as the cluster had it; as the manifests have it, where no cluster was asked. */
function placesOf({ workloads }: Pick<Story, 'workloads'>, manifests: readonly Manifest[]): Place[] {
  const seen = [...workloads.before, ...workloads.after];
  const declared = workloadsOf(manifests).map((workload) => Object.assign(workload, { sidecar: undefined, pods: [] }));
  // What a lesson deploys and takes away again is seen neither before nor after.
  const all: Place[] = [...declared, ...seen];
  return [...new Map(all.map((place) => [[place.cluster, place.namespace, place.name].join('/'), place])).values()];
}

const isShown = (calls: readonly SeenCall[]): calls is Shown => calls.length > 0;

/** What the commands of an exercise have shown, in the order in which they ran. */
function shownBy({ observations, shares }: Told): Shown[] {
  const bursts: readonly (readonly SeenCall[])[] = [...Map.groupBy(shares, ({ command }) => command).values()];
  const all: Shown[] = [...observations.map((seen): Shown => [seen]), ...bursts.filter(isShown)];
  return all.toSorted(([a], [b]) => (a.command ?? 0) - (b.command ?? 0));
}

/** Ways of one command that lead to the same place and ended alike, as one: it may have several pods. */
function together(ways: readonly Way[]): Way[] {
  const merged = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([kindOfCall([way.seen]), way.to, way.seen.signature]);
    const times = (merged.get(key)?.share?.times ?? 0) + (way.share?.times ?? 0);
    merged.set(key, way.share === undefined ? way : { ...way, share: { times, of: way.share.of } });
  }
  return [...merged.values()];
}

/** What was last shown of each kind of call. */
function latest(shown: readonly Shown[]): Shown[] {
  return [...new Map(shown.map((calls) => [kindOfCall(calls), calls])).values()];
}

function kindOfCall([{ caller, callerNamespace, cluster, host, target, request }]: Shown): string {
  return JSON.stringify([caller, callerNamespace, cluster, host ?? target, request]);
}

/** Cluster of the caller, where there are several. */
function clusterOf({ cluster }: SeenCall): string | undefined {
  return cluster === '' ? undefined : cluster;
}

/**
 * The calls made while most of the changes were in force, and which those were; after them, other calls as they ended
 * under fewer. Where the record does not say, each call as it first ended after a change.
 */
function atItsFullest(shown: readonly Shown[]): { files: readonly string[] | undefined; calls: Shown[] } {
  const changed = shown.filter(([each]) => each.changed);
  const known = changed.filter(([{ inForce }]) => inForce !== undefined && inForce.length > 0);
  if (changed.every(([{ inForce }]) => inForce === undefined))
    return { files: undefined, calls: latest(changed.toReversed()).toReversed() };
  const most = Math.max(0, ...known.map(([{ inForce = [] }]) => inForce.length));
  const fullest = known.filter(([{ inForce = [] }]) => inForce.length === most);
  const files = fullest.at(-1)?.[0].inForce ?? [];
  const fully = fullest.filter(([{ inForce = [] }]) => inForce.every((file) => files.includes(file)));
  const partly = known.filter(([{ inForce = [] }]) => inForce.every((file) => files.includes(file)));
  return { files, calls: latest([...partly, ...fully]) };
}

function callerIn(places: readonly Place[], seen: SeenCall): Place | undefined {
  const { caller, callerNamespace } = seen;
  const beside = places.filter(
    ({ cluster, namespace }) => namespace === callerNamespace && cluster === clusterOf(seen),
  );
  return (
    beside.find(({ name }) => name === caller) ?? beside.find(({ pods }) => pods.some(({ name }) => name === caller))
  );
}

/**
 * Who answered; where the answer does not say, the first of those whom the name stands for, in the caller's cluster if some
 * of them are there. Services of one name and namespace in several clusters are one.
 */
function calledIn(
  places: readonly Place[],
  services: readonly NamedService[],
  seen: SeenCall,
): { readonly place?: Place | undefined; readonly among?: number; readonly named?: boolean } {
  const { host = seen.target, answeredBy, signature, callerNamespace } = seen;
  const [name = '', second = ''] = host.replace(/:\d+$/, '').split('.');
  const byAddress = places.find(({ pods }) => pods.some(({ address }) => address !== '' && host.startsWith(address)));
  if (byAddress !== undefined) return { place: byAddress };
  const namesakes = services.filter((service) => service.name === name);
  const home =
    namesakes.find(({ namespace }) => namespace === second) ??
    namesakes.find(({ namespace }) => namespace === callerNamespace) ??
    namesakes[0];
  if (home === undefined) return { place: places.find((place) => place.name === name) };
  const isBehind = ({ cluster, namespace, labels }: Place) => {
    const service = namesakes.find((each) => each.namespace === home.namespace && each.cluster === cluster);
    return service !== undefined && service.namespace === namespace && carries(labels, service.labels);
  };
  const behind = places.filter(isBehind);
  // What an answer had to contain is in the signature, e.g. `HTTP 200, "backend-v2"`.
  const told = answeredBy ?? /"([^"]+)"$/.exec(signature)?.[1] ?? '';
  const pods = behind.filter((place) => place.pods.some((pod) => pod.name === told));
  const named = behind.filter(({ name: own }) => told === own || told.startsWith(`${own}-`));
  // A name may be the beginning of another, and in two clusters the same.
  const answered = [...pods, ...named.toSorted((a, b) => b.name.length - a.name.length)];
  const near = behind.find(({ cluster }) => cluster === clusterOf(seen)) ?? behind[0];
  return { place: answered[0] ?? near, among: behind.length, named: answered.length > 0 };
}

/** Names within the cluster by what they begin with, others whole. */
function nameOf({ host = '', target }: SeenCall): string {
  return host === '' || /\.svc(\.|:|$)/.test(host) ? target : host;
}

/** Name of the workload in whose pod a container of the caller's name was told to call. */
function podOf(commands: Told['commands'], { caller, command = -1 }: SeenCall): string | undefined {
  const [, workload, container] = / exec \w+\/(\S+) .*?--container (\S+) /.exec(commands[command]?.typed ?? '') ?? [];
  return container === caller ? workload : undefined;
}

function stranger(strangers: Place[], name: string, namespace: string, cluster?: string, inside?: string): Place {
  const site = { name, namespace, ...(cluster === undefined ? {} : { cluster }) };
  const known = strangers.find((each) => isSame(each, site));
  if (known !== undefined) return known;
  const within = inside === undefined ? {} : { inside };
  const place = { ...site, ...within, labels: {}, sidecar: undefined, pods: [] };
  strangers.push(place);
  return place;
}
