/** A registry of the user's own, named by REGISTRY, that holds what the course would pull from upstream's. */
import { stringify } from 'yaml';

import type { Registries } from '../../../kind/registry-mirror/hosts.ts';
import { UsageProblem } from '../../system/errors.ts';

/** Registry and the rest of a complete image name. */
function parts(image: string): { readonly host: string; readonly path: string } {
  const slash = image.indexOf('/');
  return { host: image.slice(0, slash), path: image.slice(slash + 1) };
}

/** Registry in a complete image name, e.g. `docker.io`. */
export function registryOf(image: string): string {
  return parts(image).host;
}

/**
 * Name of an image in the mirror, e.g. `docker.io/library/nginx:1.30.5` in `mirror:5000` is
 * `mirror:5000/library/nginx:1.30.5`: the path a container runtime asks a mirror for. Without a mirror, its own name.
 *
 * @param image complete with its registry
 */
export function mirrored(image: string, registry: string | undefined): string {
  return registry === undefined ? image : `${registry}/${parts(image).path}`;
}

/**
 * The mirror that REGISTRY names as `host:port`; undefined where it is not set.
 *
 * @throws {UsageProblem} if it is no such name
 */
export function chosenRegistry(wanted: string | undefined): string | undefined {
  if (wanted === undefined || wanted === '') return undefined;
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(wanted)) return wanted;
  throw new UsageProblem(`REGISTRY=${wanted} is no registry`, 'name it as host:port, without https:// and path');
}

/**
 * Registries for which the mirror is asked first; manifests go on naming upstream's images.
 *
 * @param images every image that the cluster may pull
 */
export function mirrorsOf(registry: string, images: readonly string[]): Required<Registries> {
  const hosts = [...new Set(images.map(registryOf))].toSorted();
  const endpoint = [`https://${registry}`, `http://${registry}`];
  return { mirrors: Object.fromEntries(hosts.map((host) => [host, { endpoint }])) };
}

/** The same as content of k3s's `/etc/rancher/k3s/registries.yaml`. https://docs.k3s.io/installation/private-registry */
export function registriesYaml(registry: string, images: readonly string[]): string {
  return stringify(mirrorsOf(registry, images), { aliasDuplicateObjects: false });
}
