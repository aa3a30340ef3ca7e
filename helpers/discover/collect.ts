import { UsageProblem } from '../system/errors.ts';
import { GetOnly, limits, NoRequestLeft } from './get-only.ts';
import { keep } from './keep.ts';
import { folderOfKind, type KindName, kindNames, kinds, type ReadKind } from './kinds.ts';
import type { Collected, Seen } from './objects.ts';

/** Namespaces that were named; undefined stands for all of the cluster. */
export type Scope = readonly string[] | undefined;

/** The mesh's root namespace where no Istio says otherwise; its real name stands in a ConfigMap, which is not read. */
export const usualRoot = 'istio-system';

/** Each list that is asked for, as paths without their version; the plan and the run are made from this alone. */
export function placesOf(key: KindName, scope: Scope): (string | undefined)[] {
  const { namespaced, inRoot = false }: ReadKind = kinds[key];
  if (!namespaced || scope === undefined) return [undefined];
  return [...new Set([...scope, ...(inRoot ? [usualRoot] : [])])];
}

/** The first page of a kind in a namespace, or in all. */
export function pathOf(key: KindName, version: string, namespace: string | undefined): string {
  const { group, plural, fieldSelector }: ReadKind = kinds[key];
  const within = namespace === undefined ? '' : `namespaces/${namespace}/`;
  const restricted = fieldSelector === undefined ? '' : `&fieldSelector=${encodeURIComponent(fieldSelector)}`;
  return `${folderOfKind(group, version)}/${within}${plural}?limit=${limits.pageSize}${restricted}`;
}

/** The requests of a discovery as they would be made, for one who wants to see them first. */
export function planOf(scope: Scope, metrics: boolean): string[] {
  const lists = kindNames.flatMap((key) => {
    const { versions }: ReadKind = kinds[key];
    const [version = '', older] = versions;
    const fallback = older === undefined ? '' : `   (${older} where ${version} is not served)`;
    return placesOf(key, scope).map((namespace) => `GET ${pathOf(key, version, namespace)}${fallback}`);
  });
  const single = (scope ?? []).map((name) => `GET /api/v1/namespaces/${name}   (where all may not be listed)`);
  return [
    'GET /version',
    ...lists,
    ...single,
    ...(metrics
      ? ['GET /api/v1/namespaces/…/services/…/proxy/api/v1/query?query=…   (three queries of Prometheus)']
      : []),
  ];
}

/** Reads all kinds. What is refused or not served leaves a gap, and the rest goes on. @throws as the cluster does */
export async function collect(api: GetOnly, scope: Scope): Promise<Collected> {
  const seen: Partial<Record<KindName, Seen<unknown>>> = {};
  for (const key of kindNames) {
    const parts: Seen<unknown>[] = [];
    const ofRoot: Seen<unknown>[] = [];
    for (const namespace of placesOf(key, scope)) {
      const named = namespace === undefined || scope?.includes(namespace) === true;
      (named ? parts : ofRoot).push(await listed(api, key, namespace));
    }
    seen[key] = withRoot(joined(parts), ofRoot);
  }
  const collected = seen as Collected;
  if (scope === undefined || !collected.namespaces.blind) {
    for (const name of scope ?? []) checkIsThere(name, collected.namespaces.items);
    return collected;
  }
  return { ...collected, namespaces: await singly(api, scope) };
}

/** The namespaces that were named, one by one, for a user who may not list all. */
async function singly(api: GetOnly, scope: readonly string[]): Promise<Collected['namespaces']> {
  const parts: Seen<unknown>[] = [];
  for (const name of scope) {
    const answer = await ask(api, `/api/v1/namespaces/${name}`);
    if (typeof answer !== 'string' && answer.status === 404) checkIsThere(name, []);
    const ok = typeof answer !== 'string' && answer.status === 200;
    parts.push(ok ? { items: [keptOf('namespaces', JSON.parse(answer.body))], blind: false } : gapOf(answer));
  }
  const { items, gap, blind } = joined(parts) as Collected['namespaces'];
  const inPart = gap === undefined ? {} : { inPart: true };
  return { items, gap: gap ?? 'only the ones that were named: not allowed to list all', ...inPart, blind };
}

function checkIsThere(name: string, there: readonly { metadata?: { name?: string } }[]): void {
  if (there.some(({ metadata }) => metadata?.name === name)) return;
  throw new UsageProblem(`there is no namespace ${name} on that cluster`, 'correct NAMESPACES=…');
}

/** One list, page by page, in the first version that is served. */
async function listed(api: GetOnly, key: KindName, namespace: string | undefined): Promise<Seen<unknown>> {
  const { versions, metadataOnly = false, mostPages = Infinity }: ReadKind = kinds[key];
  const as = metadataOnly ? ';as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' : '';
  for (const version of versions) {
    const first = pathOf(key, version, namespace);
    const items: unknown[] = [];
    let next = '';
    for (let page = 1; ; page += 1) {
      const answer = await ask(api, next === '' ? first : `${first}&continue=${encodeURIComponent(next)}`, as);
      if (typeof answer === 'string' || answer.status !== 200) {
        if (items.length > 0) return { ...gapOf(answer, 'in part: '), items, blind: false };
        if (typeof answer !== 'string' && answer.status === 404) break;
        return gapOf(answer);
      }
      const list = JSON.parse(answer.body) as { metadata?: { continue?: string }; items?: unknown[] | null };
      items.push(...(list.items ?? []).map((item) => keptOf(key, item)));
      next = list.metadata?.continue ?? '';
      if (next === '') return { items, blind: false };
      if (page >= mostPages) return { items, gap: `in part: the first ${items.length}`, blind: false };
    }
  }
  // The cluster knows no such kind, so there is none.
  return { items: [], unserved: true, blind: false };
}

async function ask(api: GetOnly, path: string, as = ''): Promise<{ status: number; body: string } | string> {
  try {
    return await api.request('GET', path, `application/json${as}`);
  } catch (error) {
    if (error instanceof NoRequestLeft) return `the limit of ${limits.requests} requests was reached`;
    throw error;
  }
}

function gapOf(answer: { status: number } | string, before = ''): Seen<unknown> {
  const gap = typeof answer === 'string' ? answer : inWords(answer.status);
  return { items: [], gap: `${before}${gap}`, blind: true };
}

/** Why a read brought nothing. */
function inWords(status: number): string {
  if (status === 403) return 'not allowed to look';
  return status === 410 ? 'the list changed while it was read' : `the cluster answered ${status}`;
}

function keptOf(key: KindName, item: unknown): object {
  return keep(item, kinds[key].keeps) ?? {};
}

/** Lists of several namespaces as one. */
function joined(parts: readonly Seen<unknown>[]): Seen<unknown> {
  const gaps = [...new Set(parts.flatMap(({ gap }) => (gap === undefined ? [] : [gap])))];
  const blind = parts.every((part) => part.blind);
  const partly = gaps.length > 0 && !blind && !gaps.some((gap) => gap.startsWith('in part'));
  return {
    items: parts.flatMap(({ items }) => items),
    ...(gaps.length === 0 ? {} : { gap: `${partly ? 'in part: ' : ''}${gaps.join('; ')}` }),
    ...(parts.every(({ unserved }) => unserved) ? { unserved: true } : {}),
    blind,
  };
}

/** What acts on all namespaces beside what is in those that were named, which alone decide whether anything was seen. */
function withRoot({ items, gap, unserved, blind }: Seen<unknown>, [root]: readonly Seen<unknown>[]): Seen<unknown> {
  const gaps = [gap, root?.gap && `in the mesh’s root namespace: ${root.gap}`].filter((each) => each !== undefined);
  return {
    items: blind ? [] : [...items, ...(root?.items ?? [])],
    ...(gaps.length === 0 ? {} : { gap: [...new Set(gaps)].join('; ') }),
    ...(root?.blind === true ? { rootUnseen: true } : {}),
    ...(gap === undefined ? {} : { inPart: true }),
    ...(unserved === true ? { unserved } : {}),
    blind,
  };
}
