/** The mesh-wide settings that istiod reads: key `mesh` of ConfigMap istio-system/istio, itself a YAML document. */
import { isMap, parse, parseDocument } from 'yaml';

import type { Cluster } from '../kube/cluster.ts';
import type { Transcript } from '../system/program.ts';

const configMap = ['--namespace', 'istio-system', 'configmap', 'istio'] as const;

/** The text that istiod reads, byte for byte. */
export async function readMeshConfig(cluster: Cluster): Promise<string> {
  const { stdout } = await cluster.must('kubectl', ['get', ...configMap, '-o', 'jsonpath={.data.mesh}']);
  return stdout;
}

/** Arguments of kubectl that replace that text; istiod takes it up by itself and pushes to every proxy. */
export function patchOfMeshConfig(text: string): string[] {
  return ['patch', ...configMap, '--type', 'merge', '--patch', JSON.stringify({ data: { mesh: text } })];
}

/** Replaces that text. */
export async function writeMeshConfig(cluster: Cluster, text: string): Promise<Transcript> {
  return cluster.must('kubectl', patchOfMeshConfig(text));
}

/**
 * The settings with those of an IstioOperator file's `spec.meshConfig` added, as `istioctl install -f` merges them: maps
 * by key, anything else is replaced. What the file does not name stays as it is.
 */
export function withMeshConfig(text: string, operatorFile: string): string {
  const { spec } = parse(operatorFile) as { spec: { meshConfig: Record<string, unknown> } };
  const document = parseDocument(text);
  const merge = (path: readonly string[], settings: Readonly<Record<string, unknown>>) => {
    for (const [key, value] of Object.entries(settings)) {
      const at = [...path, key];
      if (isSettings(value) && isMap(document.getIn(at))) merge(at, value);
      else document.setIn(at, document.createNode(value));
    }
  };
  merge([], spec.meshConfig);
  return document.toString();
}

function isSettings(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
