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

/** Where images of a lab come from: built from package registries, or pulled. */
export type ImageSource = 'assembled' | 'upstream';

/** What a person may choose of a run, by the variable that says it; `any` where another place knows what is right. */
const variables = {
  /** Who runs the cluster. */
  CLUSTER: ['k3s', 'kind', 'existing'],
  /** How many nodes it has. */
  NODES: ['1', '3'],
  /** Context of a cluster that somebody else runs. */
  CONTEXT: 'any',
  /** Where images come from. */
  IMAGES: 'any',
  /** A mirror of the registries. */
  REGISTRY: 'any',
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
  ISTIO: 'any',
  KUBERNETES: 'any',
  ENVOY: 'any',
  /** Which exercises run, and which part of them. */
  ONLY: 'any',
  SHARD: 'any',
  /** How many of many, chosen by the commit, where not all are to be tried. */
  SAMPLE: 'any',
  /** Whether the first failure ends the run and is left as it is. */
  PAUSE: ['1', '0'],
} as const satisfies Readonly<Record<string, readonly string[] | 'any'>>;

/** The choices of a run: what was chosen, by the variable that said it. What is not in it was left open. */
export type Choices = Readonly<Partial<Record<keyof typeof variables, string>>>;

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
  const names = Object.keys(variables) as (keyof Choices)[];
  const chosen = Object.fromEntries(
    names.map((name) => [name, environment[name]] as const).filter(([, value]) => value !== undefined && value !== ''),
  ) as Choices;
  checkChoices(chosen);
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

const parts: readonly VersionedPart[] = ['ISTIO', 'KUBERNETES', 'ENVOY'];

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
  const unknown = parts.filter((part) => isUnsupported(part, chosen));
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

function checkChoices(chosen: Choices): void {
  for (const [name, wanted] of Object.entries(chosen) as [keyof Choices, string][]) {
    const accepted: readonly string[] | 'any' = variables[name];
    if (accepted === 'any' || accepted.includes(wanted)) continue;
    throw new UsageProblem(
      `${name}=${wanted} is not supported`,
      `use ${accepted.map((value) => `${name}=${value}`).join(' or ')}, or leave it out`,
    );
  }
  const { CLUSTER, NODES, IMAGES, REVISIONS, CLUSTERS, EAST } = chosen;
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
