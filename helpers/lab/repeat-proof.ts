/** Makes the calls of a proof's record again, on the cluster that is there. */
import { parseAllDocuments } from 'yaml';

import { readAnswer } from '../calls/answer.ts';
import { readAuditLog } from '../istio/audit-log.ts';
import { configDumpCommand } from '../istio/own-config.ts';
import { proxyLogCommand } from '../istio/proxy-log.ts';
import { accessRules, digestOf, toldConfig } from '../istio/told-config.ts';
import type { Cluster } from '../kube/cluster.ts';
import { releaseNamespaces } from '../kube/namespaces.ts';
import { movedTo, type ProofBundle, type RecordedCall, type Repetition, verdictOf } from '../runs/proof-bundle.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';

/** Calls that must end alike before they count. */
const inARow = 5;

/**
 * Applies the manifests of a bundle with a namespace of another name, makes its calls there, and takes the namespace away.
 * What was recorded in its own namespace is given in the words of that namespace.
 *
 * @param namespace one that is not there yet
 */
export async function repeatProof(cluster: Cluster, bundle: ProofBundle, namespace: string): Promise<Repetition> {
  const moved = movedTo(namespace, bundle);
  const inNamespace = ['--namespace', namespace];
  const apply = (objects: readonly unknown[]) =>
    cluster.must('kubectl', ['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });
  try {
    // Rules first: the proxies of pods that come after them never know a time without them.
    const { rules, workloads } = inOrder(moved);
    await apply(rules);
    await apply(workloads);
    // Half of what a set-up may take: a lesson around it gives up after all of that, and the namespace is to go before.
    const limit = `--timeout=${timeouts.podsReadyMs / 2_000}s`;
    await cluster.must('kubectl', [...inNamespace, 'wait', 'deployment', '--all', '--for=condition=Available', limit]);
    const answered = await untilAs(cluster, moved.answered, timeouts.settleMs);
    const refused = await untilAs(cluster, moved.refused, timeouts.settleWithoutManifestMs);
    const dump = await cluster.must('kubectl', [...inNamespace, 'exec', moved.called, ...configDumpCommand]);
    const log = await converge(
      () => cluster.must('kubectl', [...inNamespace, ...proxyLogCommand(moved.called)]),
      ({ stdout }) => lineOf(stdout, moved.line.marker) !== undefined,
      { deadlineMs: timeouts.settleMs },
    );
    const seen: Repetition = {
      rules: digestOf(accessRules(toldConfig(dump.stdout, namespace))),
      refused,
      answered,
      line: lineOf(log.last.stdout, moved.line.marker),
    };
    return JSON.parse(JSON.stringify(seen).replaceAll(namespace, bundle.namespace)) as Repetition;
  } finally {
    cluster.close();
    await releaseNamespaces(cluster, [namespace]);
  }
}

const workloadKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Job']);

/** The objects of all manifests: what starts pods, and all else, which is to be there before. */
export function inOrder({ manifests }: Pick<ProofBundle, 'manifests'>): Record<'rules' | 'workloads', unknown[]> {
  const objects = manifests
    .flatMap(({ yaml }) => parseAllDocuments(yaml).map((document) => document.toJS() as { kind?: string } | null))
    .filter((object) => object !== null);
  const startsPods = ({ kind = '' }: { kind?: string }) => workloadKinds.has(kind);
  return { rules: objects.filter((object) => !startsPods(object)), workloads: objects.filter(startsPods) };
}

/** Makes a call until it has ended several times as it was recorded; else the last one says how it ended. */
async function untilAs(cluster: Cluster, call: RecordedCall, deadlineMs: number): Promise<RecordedCall> {
  const make = async (): Promise<RecordedCall> => {
    const transcript = await cluster.run('kubectl', call.argv, { timeoutMs: timeouts.commandMs });
    const { status, body } = readAnswer(transcript, 'GET', call.argv.at(-1) ?? '').http;
    return { argv: call.argv, status, body: body.trim() };
  };
  const { last } = await converge(make, (made) => verdictOf(made) === verdictOf(call), {
    deadlineMs,
    confirm: async () => {
      const made: RecordedCall[] = [];
      while (made.length < inARow - 1) made.push(await make());
      return made;
    },
  });
  return last;
}

function lineOf(log: string, marker: string): Repetition['line'] {
  const line = readAuditLog(log).find((each) => each.marker === marker);
  return line === undefined ? undefined : { caller: line.caller, details: line.details, marker };
}
