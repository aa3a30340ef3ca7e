import { istioRelease, istioReleases, minorOf } from './istio-releases.ts';
import { kubernetesReleases } from './kubernetes-releases.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The versions that one may choose: those that the course is run on. The first of each is the default. */
export const supportedVersions: Readonly<Record<'ISTIO' | 'KUBERNETES', readonly string[]>> = {
  ISTIO: istioReleases.map(({ version }) => version),
  KUBERNETES: kubernetesReleases.map(({ version }) => version),
};

/** Versions that are chosen. ENVOY is of the proxy where images are assembled; elsewhere Istio brings its own. */
export type VersionedPart = keyof typeof supportedVersions | 'ENVOY';

/** The versions of a part that one may choose, the default first; of Envoy, those that the chosen Istio configures. */
export function versionsOf(part: VersionedPart, environment: Environment = process.env): readonly string[] {
  if (part === 'ENVOY') return istioRelease(chosenVersion('ISTIO', environment)).envoys;
  return supportedVersions[part];
}

/**
 * The version that an environment variable asks for: a supported one, by its full number or its minor (`1.36`), else
 * exactly what was asked; whether that is tried at all is not decided here.
 */
export function chosenVersion(part: VersionedPart, environment: Environment = process.env): string {
  const wanted = environment[part];
  const known = versionsOf(part, environment);
  if (wanted === undefined || wanted === '') return known[0] ?? '';
  return known.find((version) => version === wanted || version.startsWith(`${wanted}.`)) ?? wanted;
}

/** True if the course is not run on that version. */
export function isUnsupported(part: VersionedPart, environment: Environment): boolean {
  return !versionsOf(part, environment).includes(chosenVersion(part, environment));
}

/** A release of Istio on one of Kubernetes. */
export interface VersionPair {
  readonly istio: string;
  readonly kubernetes: string;
}

/** True if Istio says that this release of its own runs on that Kubernetes. */
export function isSupportedPair({ istio, kubernetes }: VersionPair): boolean {
  return istioRelease(istio).kubernetes.minors.includes(minorOf(kubernetes) ?? '');
}

/** Every pair of the versions that one may choose, the default first. */
export const versionPairs: readonly VersionPair[] = supportedVersions.ISTIO.flatMap((istio) =>
  supportedVersions.KUBERNETES.map((kubernetes) => ({ istio, kubernetes })),
);
