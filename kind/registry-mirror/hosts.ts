/** What k3s's registries.yaml says of mirrors, by the host of the images. https://docs.k3s.io/installation/private-registry */
export interface Registries {
  readonly mirrors?: Readonly<Record<string, { readonly endpoint?: readonly string[] }>>;
}

/** Where the images of a registry are served, e.g. `registry-1.docker.io` for `docker.io`, which is a web page. */
export function publisherOf(host: string): string {
  return host === 'docker.io' ? 'registry-1.docker.io' : host;
}

/**
 * The same as containerd reads it: content of `hosts.toml`, by the folder below `certs.d`. Mirrors are asked in their
 * order, the publisher last. https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsFiles({ mirrors = {} }: Registries): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mirrors).map(([host, { endpoint = [] }]) => {
      const asked = endpoint.map((url) => `[host."${url}"]\ncapabilities = ["pull", "resolve"]\n`);
      return [host, [`server = "https://${publisherOf(host)}"\n`, ...asked].join('\n')];
    }),
  );
}
