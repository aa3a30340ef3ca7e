import { isUnsupported, supportedVersions, type VersionedPart } from '../../kind/versions.ts';
import { UsageProblem } from '../problem.ts';
import type { ImageSource } from './images/image-source.ts';

/** What each variable of the environment may be set to. */
const supported: Readonly<Record<string, readonly string[]>> = {
  CLUSTER: ['k3s', 'kind', 'existing'],
  NODES: ['1', '3'],
  INSTALL_ISTIO: ['yes', 'no'],
  MESH_WIDE: ['yes', 'no'],
  UNSUPPORTED: ['yes', 'no'],
  STAND_INS: ['yes', 'no'],
};

/**
 * True if what carries upstream's names is of the course's own making: assembled images, or a registry that was filled
 * with them, which only STAND_INS=yes can tell.
 */
export function usesStandIns(
  imageSource: ImageSource | 'cluster',
  { STAND_INS }: Readonly<Record<string, string | undefined>>,
): boolean {
  return imageSource === 'assembled' || STAND_INS === 'yes';
}

const parts = Object.keys(supportedVersions) as VersionedPart[];

/**
 * Versions that the environment asks for and the course is not run on, e.g. `ISTIO=1.32.0`.
 *
 * @throws {UsageProblem} unless UNSUPPORTED=yes asks to try them, which only images of a registry can; also on ENVOY
 *   where Istio brings its own
 */
export function unsupportedVersions(
  environment: Readonly<Record<string, string | undefined>>,
  imageSource: ImageSource | 'cluster',
): string[] {
  if (environment['ENVOY'] && !usesStandIns(imageSource, environment)) {
    throw new UsageProblem(
      `ENVOY=${environment['ENVOY']} chooses the proxy of assembled images, and these bring their own`,
      'leave ENVOY out, or use IMAGES=assembled',
    );
  }
  const unknown = parts.filter((part) => isUnsupported(part, environment));
  for (const part of unknown) {
    const known = supportedVersions[part].map((version) => `${part}=${version}`).join(' or ');
    const what = `${part}=${environment[part]} is not supported`;
    if (part === 'ENVOY' || imageSource === 'assembled') {
      const orUpstream = part === 'ENVOY' ? '' : ', or IMAGES=upstream with UNSUPPORTED=yes';
      throw new UsageProblem(
        `${what}, and assembled images have sources that are pinned`,
        `use ${known}${orUpstream}; CONTRIBUTING.md says how to add a version`,
      );
    }
    if (environment['UNSUPPORTED'] !== 'yes') {
      throw new UsageProblem(what, `use ${known}, leave it out, or try it all the same with UNSUPPORTED=yes`);
    }
  }
  return unknown.map((part) => `${part}=${environment[part]}`);
}

/** @throws {UsageProblem} if a variable asks for something that the course does not know */
export function checkChoices(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, accepted] of Object.entries(supported)) {
    const wanted = environment[name];
    if (wanted === undefined || wanted === '' || accepted.includes(wanted)) continue;
    throw new UsageProblem(
      `${name}=${wanted} is not supported`,
      `use ${accepted.map((value) => `${name}=${value}`).join(' or ')}, or leave it out`,
    );
  }
  const { CLUSTER, NODES, IMAGES } = environment;
  if (CLUSTER === 'existing' && IMAGES === 'assembled') {
    throw new UsageProblem(
      'IMAGES=assembled is for labs of the course; an existing cluster has its own images',
      'leave IMAGES out; if that cluster runs stand-ins under the names of upstream, say STAND_INS=yes',
    );
  }
  if (NODES === '3' && CLUSTER !== 'kind') {
    throw new UsageProblem('NODES=3 needs nodes that kind starts', 'use CLUSTER=kind NODES=3');
  }
}
