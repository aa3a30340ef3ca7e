import type { Cluster } from '../kube/cluster.ts';

/** Longest part of each command's output that is kept. */
const capCharacters = 6_000;

/** What someone would look at first after a failure: pods, events, policies and the proxies' last log lines, as text. */
export async function diagnose(cluster: Cluster, namespaces: readonly string[]): Promise<string> {
  const commands = namespaces.flatMap((namespace) => [
    ['get', 'pods', '-o', 'wide', '-n', namespace],
    ['get', 'events', '--sort-by=.lastTimestamp', '-n', namespace],
    [
      'get',
      'networkpolicies,peerauthentications,authorizationpolicies,virtualservices,destinationrules',
      '-o',
      'yaml',
      '-n',
      namespace,
    ],
    ['logs', '-n', namespace, '--all-containers', '--prefix', '--tail=20', '--selector=app', '--max-log-requests=20'],
  ]);
  const transcripts = await Promise.all(
    commands.map((command) => cluster.run('kubectl', command, { timeoutMs: 20_000 })),
  );
  return transcripts
    .map(
      ({ command, stdout, stderr }) => `$ ${command}\n${stdout.slice(-capCharacters)}${stderr.slice(-capCharacters)}`,
    )
    .join('\n');
}
