import type { Cluster } from '../kube/cluster.ts';
import { timeouts } from '../system/timeouts.ts';

/**
 * Makes answers of cluster DNS live 0 seconds, so that a Service that changes is seen at the next question. The assembled
 * node is made so; k3s and kubeadm come with a lifetime and a cache. Does nothing where nothing is to be changed.
 */
export async function disableDnsCache(where: Cluster): Promise<void> {
  const at = ['--namespace', 'kube-system'];
  const { stdout } = await where.must('kubectl', ['get', 'configmap', 'coredns', ...at, '-o', 'json']);
  const { data } = JSON.parse(stdout) as { data: { Corefile: string } };
  const corefile = withoutMemory(data.Corefile);
  if (corefile === data.Corefile) return;
  // The one key alone: k3s writes the others whenever a node comes.
  const patch = JSON.stringify({ data: { Corefile: corefile } });
  await where.must('kubectl', ['patch', 'configmap', 'coredns', ...at, '--type=merge', '--patch', patch]);
  await where.must('kubectl', ['rollout', 'restart', 'deployment', 'coredns', ...at]);
  const limit = `--timeout=${timeouts.nodeReadyMs / 1000}s`;
  await where.must('kubectl', ['rollout', 'status', 'deployment', 'coredns', ...at, limit]);
}

/** A line of a Corefile with the plugins whose blocks it stands in, outermost first. */
interface Line {
  readonly text: string;
  /** E.g. `['.:53', 'hosts']` for a line inside the block of hosts. */
  readonly blocks: readonly string[];
}

/** Lines with the blocks they stand in; the lines that open and close a block stand in it too. */
function linesOf(corefile: string): Line[] {
  const open: string[] = [];
  return corefile.split('\n').map((text) => {
    if (/\{\s*$/.test(text)) open.push(text.trim().split(/\s+/)[0] ?? '');
    const line = { text, blocks: [...open] };
    if (/^\s*\}\s*$/.test(text)) open.pop();
    return line;
  });
}

/**
 * A Corefile whose `kubernetes` answers have `ttl 0`, and that caches nothing; every other block stays as it is, for a
 * lifetime of 0 is refused by `hosts`. https://coredns.io/manual/configuration/ https://coredns.io/plugins/kubernetes/
 */
export function withoutMemory(corefile: string): string {
  const lines = linesOf(corefile);
  const inKubernetes = ({ blocks }: Line) => blocks.at(-1) === 'kubernetes';
  const hasLifetime = lines.some((line) => inKubernetes(line) && /^\s*ttl\b/.test(line.text));
  return lines
    .flatMap((line) => {
      const { text, blocks } = line;
      if (blocks.includes('cache') || /^\s*cache\b/.test(text)) return [];
      if (inKubernetes(line) && /^\s*ttl\b/.test(text)) return [text.replace(/ttl\b.*/, 'ttl 0')];
      const [, indent, block] = /^(\s*)kubernetes\b.*?(\{)?\s*$/.exec(text) ?? [];
      if (indent === undefined || hasLifetime) return [text];
      const lifetime = `${indent}    ttl 0`;
      return block === undefined ? [`${text.trimEnd()} {`, lifetime, `${indent}}`] : [text, lifetime];
    })
    .join('\n');
}
