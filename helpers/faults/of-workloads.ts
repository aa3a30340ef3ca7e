import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { leadNowhere } from './blackhole.ts';
import { expireCertificates, openWayToIstiod } from './certificate-expired.ts';
import { type Fault, inMesh } from './fault.ts';

const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;

/** Names of a kind in a namespace that are the called side of a lesson. */
async function called(kind: string, namespace: string): Promise<string[]> {
  const { stdout } = await must('kubectl', ['get', kind, '--namespace', namespace, '--output', 'name']);
  return stdout.split('\n').filter((name) => name.includes('/backend'));
}

/** What breaks in a lesson's own namespaces, and goes with them. */
export const workloadFaults: readonly Fault[] = [
  {
    name: 'application-down',
    breaks: 'workloads',
    says: 'the application that is called had stopped',
    inject: async ([namespace = '']) => {
      for (const name of await called('deployment', namespace)) {
        await must('kubectl', ['scale', '--namespace', namespace, name, '--replicas=0']);
      }
      await must('kubectl', ['wait', '--namespace', namespace, 'pod', '--for=delete', '-l', 'app=backend', limit]);
    },
    demands: () => 'red',
  },
  {
    name: 'wrong-selector',
    breaks: 'workloads',
    says: 'the Service that is called selected no pod',
    inject: async ([namespace = '']) => {
      const selector = JSON.stringify({ spec: { selector: { app: 'nobody' } } });
      for (const name of await called('service', namespace)) {
        await must('kubectl', ['patch', '--namespace', namespace, name, '--type=merge', '--patch', selector]);
      }
    },
    demands: () => 'red',
  },
  {
    name: 'packets-lost',
    breaks: 'workloads',
    says: 'the Service that is called led to an address that never answers, as a policy that drops would look',
    inject: async ([namespace = '']) => {
      for (const name of await called('service', namespace)) {
        await leadNowhere(namespace, name.slice(name.indexOf('/') + 1));
      }
    },
    demands: () => 'red',
  },
  {
    name: 'injection-missing',
    breaks: 'workloads',
    says: 'the pods had been started again without a proxy',
    inject: async (namespaces) => {
      let injected = 0;
      for (const namespace of namespaces) {
        const label = ['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels.istio-injection}'];
        // Where no proxy was meant to be, none is missing, and a restart would be another fault.
        if ((await must('kubectl', label)).stdout !== 'enabled') continue;
        injected += 1;
        await must('kubectl', ['label', 'namespace', namespace, 'istio-injection-']);
        await must('kubectl', ['rollout', 'restart', 'deployment', '--namespace', namespace]);
        const { stdout } = await must('kubectl', ['get', 'deployment', '--namespace', namespace, '--output', 'name']);
        for (const name of stdout.split('\n').filter(Boolean)) {
          await must('kubectl', ['rollout', 'status', name, '--namespace', namespace, limit], {
            timeoutMs: timeouts.podsReadyMs,
          });
        }
      }
      return injected === 0 ? 'nothing to break' : undefined;
    },
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
  {
    name: 'certificate-expired',
    breaks: 'workloads',
    says: 'the certificate of the called side had run out, and could not be renewed',
    inject: async ([namespace = '']) => {
      if (!(await expireCertificates(namespace, await called('deployment', namespace)))) return 'nothing to break';
      return undefined;
    },
    restore: openWayToIstiod,
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
];
