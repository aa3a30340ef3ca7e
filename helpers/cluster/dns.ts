import { must } from '../program.ts';
import { timeouts } from '../timeouts.ts';

/**
 * Makes answers of cluster DNS live 0 seconds, so that a Service that changes is seen at the next question. The assembled
 * node is made so; k3s comes with a lifetime and a cache. Does nothing where nothing is to be changed.
 */
export async function forgetfulDns(): Promise<void> {
  const at = ['--namespace', 'kube-system'];
  const { stdout } = await must('kubectl', ['get', 'configmap', 'coredns', ...at, '-o', 'json']);
  const map = JSON.parse(stdout) as { data: { Corefile: string } };
  const corefile = withoutMemory(map.data.Corefile);
  if (corefile === map.data.Corefile) return;
  map.data.Corefile = corefile;
  await must('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(map) });
  await must('kubectl', ['rollout', 'restart', 'deployment', 'coredns', ...at]);
  await must('kubectl', [
    'rollout',
    'status',
    'deployment',
    'coredns',
    ...at,
    `--timeout=${timeouts.nodeReadyMs / 1000}s`,
  ]);
}

/** A Corefile whose `kubernetes` answers have `ttl 0`, and that caches nothing. https://coredns.io/plugins/kubernetes/ */
export function withoutMemory(corefile: string): string {
  const uncached = corefile.replaceAll(/^\s*cache\b.*\n/gm, '');
  if (/^\s*ttl \d+/m.test(uncached)) return uncached.replaceAll(/^(\s*)ttl \d+/gm, '$1ttl 0');
  return uncached.replaceAll(/^(\s*)(kubernetes [^{]*\{)\n/gm, '$1$2\n$1  ttl 0\n');
}
