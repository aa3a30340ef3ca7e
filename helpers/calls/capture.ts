/** Packets on the wire: tcpdump in the network namespace of a pod, in a container that is added while the pod runs. */
import { nameOf, references } from '../../kind/references.ts';
import type { Cluster } from '../kube/cluster.ts';
import { logStep, step } from '../record/allure.ts';
import type { Recorder } from '../record/recorder.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** Image of the container that listens; it stands in the catalogue, so it is on the lab's nodes. */
const image = nameOf(references.netshoot);

/**
 * Room for what tcpdump has not come to read yet. In immediate mode each packet takes a slot as large as the largest there
 * is: tcpdump's own 2 MiB are 16 slots, too few for a busy machine; these are 512.
 */
const roomKiB = 65_536;

/** What to listen to. */
export interface CaptureOptions {
  /** Namespace of the pod; the lesson's first unless named. */
  readonly namespace?: string;
  /** `eth0` is what leaves and enters the pod, `lo` what its containers say to each other. Default `eth0`. */
  readonly interface?: string;
  /** Which packets, in tcpdump's words: https://www.tcpdump.org/manpages/pcap-filter.7.html. Default `tcp`. */
  readonly filter?: string;
  /** `text` prints contents as characters, lines kept whole; `hex` as bytes and characters, 16 a line. Default `text`. */
  readonly print?: 'text' | 'hex';
}

/** What was seen on the wire while the traffic was made. */
export interface Capture {
  /** Packets that the filter let through, by tcpdump's own count; 0 is an answer, not an error. */
  readonly packets: number;
  /** A line of headers for each packet, and its contents; characters that cannot be printed are dots. */
  readonly text: string;
}

/** Containers added so far: a pod keeps the names of those that ended. */
let started = 0;

/**
 * Listens in a pod while traffic is made, and shows the commands as typed.
 *
 * @param workload `pod/NAME`, or `deployment/NAME` if it has exactly one pod
 * @param traffic begins when tcpdump listens; what is sent until it returns is captured
 * @throws {Error} if tcpdump cannot listen, does not end, or lost packets: then nothing is known about the wire
 */
export async function capturePackets(
  { cluster, recorder }: { readonly cluster: Cluster; readonly recorder: Recorder },
  namespace: string,
  workload: string,
  { interface: device = 'eth0', filter = 'tcp', print = 'text' }: CaptureOptions,
  traffic: () => Promise<void>,
): Promise<Capture> {
  return step(`tcpdump listens on ${device} of ${workload}: ${filter}`, async () => {
    const pod = await onlyPodOf(cluster, namespace, workload);
    started += 1;
    const container = `capture-${started}`;
    const inPod = ['--namespace', namespace];
    const log = ['logs', ...inPod, pod, '--container', container];
    // Immediate mode and line buffering: whatever was sent has been printed before tcpdump is told to stop.
    const room = ['--buffer-size', String(roomKiB)];
    const contents = print === 'hex' ? '-X' : '-A';
    const tcpdump = ['tcpdump', '--immediate-mode', ...room, '-l', '-n', '-i', device, contents, filter];
    const add = ['debug', ...inPod, `pod/${pod}`, '--profile=netadmin', `--image=${image}`, `--container=${container}`];
    const listen = [...add, '--quiet', '--', ...tcpdump];
    await recorder.announce(cluster.typed('kubectl', listen));
    await recorder.ran(await cluster.must('kubectl', listen));
    await untilLogged(cluster, log, /listening on/);
    try {
      await recorder.meanwhile(traffic);
    } finally {
      // Without --target the container has processes of its own, and the first of them is tcpdump. Its end ends the
      // container, and so may the shell that asked for it before it can say how it went; the log tells.
      await cluster.run('kubectl', [
        'exec',
        ...inPod,
        pod,
        '--container',
        container,
        '--',
        'bash',
        '-c',
        'kill -INT 1',
      ]);
    }
    const ended = await untilLogged(cluster, log, /packets? dropped by kernel/);
    await recorder.ran(ended);
    const capture = readCapture(ended.stdout);
    await logStep(`${capture.packets} packets captured`);
    return capture;
  });
}

/** Reads what tcpdump printed from its first line to its statistics. @throws {Error} if packets were lost */
export function readCapture(output: string): Capture {
  const [, text = '', packets, dropped] =
    /listening on .*\n([^]*)^(\d+) packets? captured$[^]*^(\d+) packets? dropped by kernel$/m.exec(output) ?? [];
  if (dropped !== '0') throw new Error(`tcpdump did not see every packet:\n${output.slice(-500)}`);
  return { packets: Number(packets), text: text.trim() };
}

async function untilLogged(cluster: Cluster, log: readonly string[], line: RegExp): Promise<Transcript> {
  const seen = await converge(
    () => cluster.run('kubectl', log, { timeoutMs: timeouts.commandMs }),
    ({ stdout }) => line.test(stdout),
    { deadlineMs: timeouts.settleMs },
  );
  if (!seen.holds) {
    const { command, stdout, stderr } = seen.last;
    throw new Error(
      `tcpdump did not say "${line.source}":\n$ ${command}\n${stdout.slice(-1000)}${stderr.slice(-1000)}`,
    );
  }
  return seen.last;
}

async function onlyPodOf(cluster: Cluster, namespace: string, workload: string): Promise<string> {
  const [kind, name = ''] = workload.split('/');
  if (kind === 'pod') return name;
  const inNamespace = ['--namespace', namespace, '-o'];
  const { stdout } = await cluster.must('kubectl', [
    'get',
    workload,
    ...inNamespace,
    'jsonpath={.spec.selector.matchLabels}',
  ]);
  const selector = Object.entries(JSON.parse(stdout) as Record<string, string>).map((label) => label.join('='));
  const pods = await cluster.must('kubectl', ['get', 'pods', `--selector=${selector.join()}`, ...inNamespace, 'name']);
  const [pod, ...others] = pods.stdout.trim().split('\n');
  if (pod === undefined || pod === '' || others.length > 0)
    throw new Error(`${workload} has not exactly one pod, name the one to listen in: ${pods.stdout}`);
  return pod.slice('pod/'.length);
}
