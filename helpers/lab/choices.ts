import { istioRelease, minorOf } from '../../kind/istio-releases.ts';
import {
  chosenVersion,
  isSupportedPair,
  isUnsupported,
  supportedVersions,
  type VersionedPart,
  versionsOf,
} from '../../kind/versions.ts';
import { UsageProblem } from '../system/errors.ts';
import { count, form, type Said, said, type Variables } from '../system/variables.ts';
import { chosenRegistry } from './images/mirror.ts';

/** Where images of a lab come from: built from package registries, or pulled. */
export type ImageSource = 'assembled' | 'upstream';

const aVersion = (example: string) =>
  form(/^\d+(\.\d+){0,2}(-[\w.]+)?$/, 'version', `use ${example}; README.md says which there are`);

/** What a person may choose of a run, by the variable that says it; `any` where another place knows what is right. */
const variables = {
  /** Who runs the cluster. */
  CLUSTER: ['k3s', 'kind', 'existing'],
  /** How many nodes it has. */
  NODES: ['1', '3'],
  /** Context of a cluster that somebody else runs. */
  CONTEXT: 'any',
  /** Where images come from. */
  IMAGES: ['auto', 'assembled', 'upstream'],
  /** A mirror of the registries. */
  REGISTRY: chosenRegistry,
  /** Whether what carries upstream's names is of the course's own making. */
  STAND_INS: ['yes', 'no'],
  INSTALL_ISTIO: ['yes', 'no'],
  /** How many releases of Istio can be installed side by side. */
  REVISIONS: ['1', '2'],
  /** How many clusters there are: a second and a third come and go with the exercises that need them, unless they are chosen. */
  CLUSTERS: ['1', '2', '3'],
  /** Context of the second of two clusters that somebody else runs. */
  EAST: 'any',
  /** The program ztunnel that ambient mode runs where images are assembled. */
  ZTUNNEL: 'any',
  /** Leave to change what every namespace of somebody else's mesh sees. */
  MESH_WIDE: ['yes', 'no'],
  UNSUPPORTED: ['yes', 'no'],
  ISTIO: aVersion('ISTIO=1.31'),
  KUBERNETES: aVersion('KUBERNETES=1.36'),
  ENVOY: aVersion('ENVOY=1.39.3'),
  /** Which exercises run, and which part of them. */
  ONLY: form(/[A-Za-z0-9]/, 'exercise', 'look at specs/README.md, then type e.g.: make course ONLY=m1.e4'),
  SHARD: chosenShard,
  /** How many of many, chosen by the commit, where not all are to be tried. */
  SAMPLE: count(100_000, 'make mutants SAMPLE=10'),
  /** Whether the first failure ends the run and is left as it is. */
  PAUSE: ['1', '0'],
} as const satisfies Variables;

/** The choices of a run: what was chosen, by the variable that said it. What is not in it was left open. */
export type Choices = Said<keyof typeof variables>;

const names = Object.keys(variables) as (keyof Choices)[];
/** Variables that choose something of a run. */
export const choiceNames: readonly string[] = names;

let made: Choices | undefined;

/**
 * The choices of this process, read from its environment once.
 *
 * @throws {UsageProblem} if a variable asks for something that the course does not know
 */
export function choices(): Choices {
  made ??= choicesOf(process.env);
  return made;
}

/** The choices that an environment holds. @throws {UsageProblem} as {@link choices} */
export function choicesOf(environment: Readonly<Record<string, string | undefined>>): Choices {
  const chosen = said(variables, names, environment);
  refuseContradictions(chosen);
  return chosen;
}

/** Names of contexts, registries and folders may be those of somebody's accounts, and a report is passed on. */
const kept = new Set(['CONTEXT', 'EAST', 'REGISTRY', 'ZTUNNEL']);

/** The choices as a report may hold them. */
export function publicChoices(chosen: Choices): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(chosen).map(([name, value]) => [name, kept.has(name) ? '(not told)' : value]),
  );
}

/** The choices as they would be typed, e.g. `CLUSTER=kind NODES=3`; empty where all was left open. */
export function inWords(chosen: Choices): string {
  return Object.entries(chosen)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/**
 * True if what carries upstream's names is of the course's own making: assembled images, or a registry that was filled
 * with them, which only STAND_INS=yes can tell.
 */
export function usesStandIns(imageSource: ImageSource | 'cluster', { STAND_INS }: Choices): boolean {
  return imageSource === 'assembled' || STAND_INS === 'yes';
}

const versioned: readonly VersionedPart[] = ['ISTIO', 'KUBERNETES', 'ENVOY'];

/**
 * What the environment asks for and the course is not run on, or Istio does not support, e.g. `ISTIO=1.32.0`, or
 * `ISTIO=1.31.1 on KUBERNETES=1.37.2`.
 *
 * @throws {UsageProblem} unless UNSUPPORTED=yes asks to try them; a version whose sources are not pinned, only images of a
 *   registry can; also on ENVOY where Istio brings its own
 */
export function unsupportedVersions(chosen: Choices, imageSource: ImageSource | 'cluster'): string[] {
  if (chosen.ENVOY !== undefined && !usesStandIns(imageSource, chosen)) {
    throw new UsageProblem(
      `ENVOY=${chosen.ENVOY} chooses the proxy of assembled images, and these bring their own`,
      'leave ENVOY out, or use IMAGES=assembled',
    );
  }
  const unknown = versioned.filter((part) => isUnsupported(part, chosen));
  for (const part of unknown) checkVersion(part, chosen, imageSource);
  if (unknown.length > 0) return unknown.map((part) => `${part}=${chosen[part]}`);
  // Whatever Kubernetes somebody else's cluster runs, nothing here chose it.
  return imageSource === 'cluster' ? [] : unsupportedPair(chosen);
}

function checkVersion(part: VersionedPart, chosen: Choices, imageSource: ImageSource | 'cluster'): void {
  const known = versionsOf(part, chosen)
    .map((version) => `${part}=${version}`)
    .join(' or ');
  const what = `${part}=${chosen[part]} is not supported`;
  if (part === 'ENVOY') {
    throw new UsageProblem(
      `${what} by istiod ${minorOf(chosenVersion('ISTIO', chosen))}, or its binary is not pinned`,
      `use ${known}; CONTRIBUTING.md says how to add a version`,
    );
  }
  if (imageSource === 'assembled') {
    throw new UsageProblem(
      `${what}, and assembled images have sources that are pinned`,
      `use ${known}, or IMAGES=upstream with UNSUPPORTED=yes; CONTRIBUTING.md says how to add a version`,
    );
  }
  if (chosen.UNSUPPORTED !== 'yes') {
    throw new UsageProblem(what, `use ${known}, leave it out, or try it all the same with UNSUPPORTED=yes`);
  }
}

/** The pair of versions that the choices come to, if Istio does not support it. @throws unless UNSUPPORTED=yes */
function unsupportedPair(chosen: Choices): string[] {
  const pair = { istio: chosenVersion('ISTIO', chosen), kubernetes: chosenVersion('KUBERNETES', chosen) };
  if (isSupportedPair(pair)) return [];
  const words = `ISTIO=${pair.istio} on KUBERNETES=${pair.kubernetes}`;
  if (chosen.UNSUPPORTED === 'yes') return [words];
  const { minors, source } = istioRelease(pair.istio).kubernetes;
  const known = supportedVersions.KUBERNETES.filter((kubernetes) => isSupportedPair({ ...pair, kubernetes }));
  throw new UsageProblem(
    `${words} is not supported by Istio, which names ${minors[0]} to ${minors.at(-1)} (${source})`,
    `use ${known.map((version) => `KUBERNETES=${version}`).join(' or ')}, or try it all the same with UNSUPPORTED=yes`,
  );
}

/** A part of many: `2/4` is the second of four. @throws {UsageProblem} if it is no such part */
export function chosenShard(shard: string): { readonly part: number; readonly parts: number } {
  const [, part, parts] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(shard) ?? []).map(Number);
  if (part !== undefined && parts !== undefined && part <= parts) return { part, parts };
  throw new UsageProblem(`SHARD=${shard} is no shard`, 'use SHARD=1/4 for the first of four');
}

/** @throws {UsageProblem} if two choices cannot be had together, or one would have no effect beside the other */
function refuseContradictions(chosen: Choices): void {
  const { CLUSTER, NODES, IMAGES, REVISIONS, CLUSTERS, EAST } = chosen;
  ofImages(chosen);
  ofExisting(chosen);
  if (CLUSTER === 'existing' && IMAGES === 'assembled') {
    throw new UsageProblem(
      'IMAGES=assembled is for labs of the course; an existing cluster has its own images',
      'leave IMAGES out; if that cluster runs stand-ins under the names of upstream, say STAND_INS=yes',
    );
  }
  if (REVISIONS === '2' && CLUSTER === 'existing') {
    throw new UsageProblem(
      'REVISIONS=2 brings a second release to nodes of the course; an existing cluster has its own',
      'leave REVISIONS out',
    );
  }
  if ((CLUSTERS === '2' || CLUSTERS === '3') && CLUSTER === 'existing') {
    throw new UsageProblem(
      `CLUSTERS=${CLUSTERS} starts clusters of the course; on existing ones the second is named`,
      'use EAST=<context> beside CONTEXT',
    );
  }
  if (EAST !== undefined && CLUSTER !== 'existing') {
    throw new UsageProblem('EAST names a cluster that somebody else runs', 'use CLUSTER=existing CONTEXT=… EAST=…');
  }
  if (NODES === '3' && CLUSTER !== 'kind') {
    throw new UsageProblem('NODES=3 needs nodes that kind starts', 'use CLUSTER=kind NODES=3');
  }
}

function ofImages({ IMAGES, REGISTRY, STAND_INS }: Choices): void {
  if (IMAGES !== 'assembled') return;
  if (REGISTRY !== undefined) {
    throw new UsageProblem(
      `REGISTRY=${REGISTRY} is asked for images that are pulled, and IMAGES=assembled pulls none`,
      'leave one of them out',
    );
  }
  if (STAND_INS === 'no') {
    throw new UsageProblem('images that are assembled are stand-ins, and STAND_INS=no', 'leave one of them out');
  }
}

/** What is said of a cluster that somebody else runs would have no effect on a lab, which the person may not have meant. */
function ofExisting({ CLUSTER, CONTEXT, EAST, INSTALL_ISTIO, MESH_WIDE }: Choices): void {
  if (EAST !== undefined && EAST === CONTEXT) {
    throw new UsageProblem(`EAST and CONTEXT both name ${EAST}`, 'name two clusters, or leave EAST out');
  }
  if (CLUSTER === 'existing') return;
  const name = Object.entries({ CONTEXT, INSTALL_ISTIO, MESH_WIDE }).find(([, value]) => value !== undefined)?.[0];
  if (name === undefined) return;
  throw new UsageProblem(
    `${name} is for a cluster that somebody else runs`,
    `use CLUSTER=existing, or leave ${name} out`,
  );
}
