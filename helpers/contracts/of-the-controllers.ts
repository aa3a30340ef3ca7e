import { versions } from '../../kind/catalogue.ts';
import type { Contract } from './contract.ts';

const version = new RegExp(String.raw`^v${versions.argoRollouts.replaceAll('.', String.raw`\.`)}\b`);

/** Images that act on the cluster: Argo Rollouts. What it does there, its exercise shows. */
export const contractsOfTheControllers: readonly Contract[] = [
  {
    name: 'argo-rollouts-version',
    image: 'argo-rollouts',
    expected:
      'the controller starts as another user than root, on a file system that it cannot write to, and says its version',
    usedBy: /argoproj\/argo-rollouts/,
    ask: async ({ apply, kubectl, until }) => {
      await apply('13-argo-rollouts.yaml');
      return until(
        () => kubectl('logs', 'argo-rollouts'),
        (seen) => seen.startsWith('v'),
      );
    },
    holds: (seen) => version.test(seen) && /\nexit 0\s*$/.test(seen),
  },
];
