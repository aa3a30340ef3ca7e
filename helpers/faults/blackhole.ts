import { converge } from '../system/polling.ts';
import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** Takes a Service away from its pods and leads it to an address that never answers. */
export async function leadNowhere(namespace: string, service: string): Promise<void> {
  const patch = JSON.stringify({ spec: { selector: null } });
  await must('kubectl', ['patch', '--namespace', namespace, 'service', service, '--type=merge', '--patch', patch]);
  await must('kubectl', ['apply', '-f', '-'], { input: blackhole(namespace, service) });
  await onlyNowhere(namespace, service);
}

const blackhole = (namespace: string, service: string) =>
  JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-nowhere`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    // TEST-NET-1 of RFC 5737: nobody is there, and nobody says so.
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  });

/** Takes every way but the one into the void, until none comes back: slices are mirrored from the older Endpoints. */
async function onlyNowhere(namespace: string, service: string): Promise<void> {
  const there = ['--namespace', namespace];
  const slices = ['endpointslices', ...there, '-l', `kubernetes.io/service-name=${service}`];
  const takeAway = async () => {
    await must('kubectl', ['delete', 'endpoints', service, ...there, '--ignore-not-found']);
    const { stdout } = await must('kubectl', ['get', ...slices, '-o', 'name']);
    const others = stdout.split('\n').filter((name) => name !== '' && !name.endsWith('-nowhere'));
    if (others.length > 0) await must('kubectl', ['delete', ...others, ...there, '--ignore-not-found']);
    return others;
  };
  const seen = await converge(takeAway, (others) => others.length === 0, {
    deadlineMs: timeouts.settleMs,
    confirm: async () => [await takeAway()],
  });
  if (!seen.holds) throw new Error(`Service ${service} keeps leading to its pods: ${seen.last.join(', ')}`);
}
