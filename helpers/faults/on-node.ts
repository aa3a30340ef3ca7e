import { nameOf, references } from '../../kind/references.ts';
import { converge } from '../system/polling.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

const pod = (name: string, script: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { 'mesh-mastery.dev/fault': 'true' } },
  spec: {
    hostPID: true,
    hostNetwork: true,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'hand',
        image: nameOf(references.netshoot),
        imagePullPolicy: 'IfNotPresent',
        securityContext: { privileged: true },
        // k3s keeps nft and mount in a folder that only its own PATH names.
        command: ['chroot', '/proc/1/root', 'sh', '-c', `PATH=$PATH:/bin/aux; ${script}`],
      },
    ],
  },
});

/**
 * Runs a shell script on a node of the lab as root of that node, in a privileged pod that goes afterwards.
 *
 * @returns what it printed
 * @throws if it does not end well in time
 */
export async function onNode(name: string, script: string): Promise<string> {
  await must('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(pod(name, script)) });
  const phase = ['get', 'pod', name, '--namespace', 'default', '--output', 'jsonpath={.status.phase}'];
  const { last, holds } = await converge(
    () => run('kubectl', phase, { timeoutMs: timeouts.commandMs }),
    ({ stdout }) => stdout === 'Succeeded' || stdout === 'Failed',
    { deadlineMs: timeouts.podsReadyMs },
  );
  const output = await run('kubectl', ['logs', name, '--namespace', 'default']);
  await run('kubectl', [
    'delete',
    'pod',
    name,
    '--namespace',
    'default',
    '--ignore-not-found',
    '--force',
    '--grace-period=0',
  ]);
  if (!holds || last.stdout !== 'Succeeded') {
    throw new Error(`${name} on the node ended ${last.stdout || 'never'}: ${output.stdout}${output.stderr}`);
  }
  return output.stdout;
}
