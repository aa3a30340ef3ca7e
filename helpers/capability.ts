import type { CapabilityName } from './card.ts';
import { run } from './program.ts';

/** How a capability is looked for, and how to get it where it is missing. */
interface Capability {
  /** The check in words. */
  readonly lookedFor: string;
  readonly howToGet: string;
  readonly found: () => Promise<boolean>;
}

const ok = async (...args: readonly string[]) => (await run('kubectl', args)).exitCode === 0;

const capabilities: Readonly<Record<CapabilityName, Capability>> = {
  k8s: {
    lookedFor: 'the API server says it is ready',
    howToGet: 'make up',
    found: () => ok('get', '--raw', '/readyz'),
  },
  netpol: {
    lookedFor: 'a deny-all policy in a scratch namespace stopped a working request when the run began',
    howToGet: 'a cluster whose network enforces NetworkPolicy, e.g. make up',
    found: async () => process.env['NETWORK_POLICY_ENFORCED'] === 'yes',
  },
  sidecar: {
    lookedFor: 'deployment istiod is available and its injection webhook registered',
    howToGet: 'make istio-sidecar',
    found: async () =>
      (await ok('wait', '-n', 'istio-system', 'deployment/istiod', '--for=condition=Available', '--timeout=0s')) &&
      (await ok('get', 'mutatingwebhookconfiguration', 'istio-sidecar-injector')),
  },
};

/** Reasons why an exercise cannot run here, one a missing capability: what, how it was looked for, how to get it. */
export async function missingCapabilities(needs: readonly CapabilityName[]): Promise<string[]> {
  const checked = await Promise.all(needs.map(async (name) => ({ name, found: await capabilities[name].found() })));
  return checked
    .filter(({ found }) => !found)
    .map(
      ({ name }) =>
        `needs ${name}: not found (looked for: ${capabilities[name].lookedFor}); to get it: ${capabilities[name].howToGet}`,
    );
}
