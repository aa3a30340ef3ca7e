/** Runs on the assembled node before containerd does: carries k3s's registries.yaml over into containerd's settings. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { parse } from 'yaml';

import { hostsFiles, type Registries } from './hosts.ts';

const registries = parse(readFileSync('/etc/rancher/k3s/registries.yaml', 'utf8')) as Registries | null;
for (const [host, text] of Object.entries(hostsFiles(registries ?? {}))) {
  mkdirSync(`/etc/containerd/certs.d/${host}`, { recursive: true });
  writeFileSync(`/etc/containerd/certs.d/${host}/hosts.toml`, text);
}
