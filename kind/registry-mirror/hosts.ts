/** What k3s's registries.yaml says of mirrors, by the host of the images. https://docs.k3s.io/installation/private-registry */
export interface Registries {
  readonly mirrors?: Readonly<Record<string, { readonly endpoint?: readonly string[] }>>;
}

/**
 * The same as containerd reads it: content of `hosts.toml`, by the folder below `certs.d`. Mirrors are asked in their
 * order, the publisher last. https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsFiles({ mirrors = {} }: Registries): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mirrors).map(([host, { endpoint = [] }]) => {
      const publisher = host === 'docker.io' ? 'registry-1.docker.io' : host;
      const asked = endpoint.map((url) => `[host."${url}"]\ncapabilities = ["pull", "resolve"]\n`);
      return [host, [`server = "https://${publisher}"\n`, ...asked].join('\n')];
    }),
  );
}
