/** The versions that one may choose: those that the course is run on. The first of each is the default. */
export const supportedVersions = {
  ISTIO: ['1.31.1'],
  KUBERNETES: ['1.36.3'],
  /** Of the proxy, where images are assembled; elsewhere Istio brings its own. Pinned in `kind/envoy/`. */
  ENVOY: ['1.39.3', '1.38.3'],
} as const;

export type VersionedPart = keyof typeof supportedVersions;

/**
 * The version that an environment variable asks for: a supported one, by its full number or its minor (`1.36`), else
 * exactly what was asked; whether that is tried at all is not decided here.
 */
export function chosenVersion(
  part: VersionedPart,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const wanted = environment[part];
  const known: readonly string[] = supportedVersions[part];
  if (wanted === undefined || wanted === '') return supportedVersions[part][0];
  return known.find((version) => version === wanted || version.startsWith(`${wanted}.`)) ?? wanted;
}

/** True if the course is not run on that version. */
export function isUnsupported(part: VersionedPart, environment: Readonly<Record<string, string | undefined>>): boolean {
  const known: readonly string[] = supportedVersions[part];
  return !known.includes(chosenVersion(part, environment));
}
