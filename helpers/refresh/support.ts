/** Which releases Istio supports, as the table on its site says. */
import { parse } from 'yaml';

import { timeouts } from '../system/timeouts.ts';

/** A row of the table. */
export interface SupportedRelease {
  /** Minor version, e.g. `1.31`. */
  readonly version: string;
  readonly supported: boolean;
  /** In the words of the table, e.g. `~Jan 2027 (Expected)`. */
  readonly ends: string;
  /** Minor versions of Kubernetes. */
  readonly kubernetes: readonly string[];
}

/** The file that the table is made from. */
export const supportTable =
  'https://raw.githubusercontent.com/istio/istio.io/master/data/compatibility/supportStatus.yml';

/** Reads the table out of its YAML; development versions are left out. */
export function readSupportTable(yaml: string): SupportedRelease[] {
  const rows = parse(yaml) as readonly {
    readonly version?: string | number;
    readonly supported?: string | boolean;
    readonly eolDate?: string | null;
    readonly k8sVersions?: readonly (string | number)[] | null;
  }[];
  return rows
    .filter(({ version }) => /^\d+\.\d+$/.test(String(version)))
    .map(({ version, supported, eolDate, k8sVersions }) => ({
      version: String(version),
      supported: /^yes/i.test(String(supported)),
      ends: eolDate ?? '',
      kubernetes: (k8sVersions ?? []).map(String),
    }));
}

/** The table, or why it could not be had, in a few words. */
export async function askSupport(url = supportTable): Promise<readonly SupportedRelease[] | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeouts.registryMs) });
    if (!response.ok) return `it was answered with HTTP ${response.status}`;
    const rows = readSupportTable(await response.text());
    return rows.length === 0 ? 'it has no row that can be read' : rows;
  } catch {
    return 'its site could not be reached';
  }
}
