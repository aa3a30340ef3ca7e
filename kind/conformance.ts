/** What judges the lab besides the course: Kubernetes' own end-to-end suite, as far as it is about NetworkPolicy. */
import type { GoRecipe } from './catalogue.ts';

/** Programs of the suite's module that are programs of their own: the pods' side, and the runner. */
export const conformanceRecipe = {
  module: 'kubernetes-e2e',
  programs: ['agnhost', 'ginkgo'],
} as const satisfies GoRecipe;

/** Release of the suite, which judges a lab of the same release. */
export const suiteVersion = '1.36.3';

/** The suite is the test of a package. */
export const e2ePackage = { path: 'k8s.io/kubernetes/test/e2e', version: `v${suiteVersion}` };

/** Name under which the suite's pods ask for agnhost; its tag stands in test/utils/image/manifest.go of that version. */
export const agnhostImage = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0';

/** Regular expressions over the full titles of specs, which end with their labels. */
export const networkPolicySpecs = {
  focus: String.raw`\[Feature:NetworkPolicy\]|Netpol`,
  /** These send SCTP; specs that only name it in a policy are run. */
  skip: String.raw`\[Feature:SCTPConnectivity\]`,
};
