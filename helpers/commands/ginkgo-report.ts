/** The fields used of https://pkg.go.dev/github.com/onsi/ginkgo/v2/types#Report, as `ginkgo --json-report` writes it. */
interface GinkgoSpec {
  readonly ContainerHierarchyTexts: readonly string[] | null;
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  /** `passed`, `skipped`, or one of the ways to fail: `failed`, `panicked`, `timedout`, `interrupted`… */
  readonly State: string;
  /** 0 for a spec that was not selected. */
  readonly NumAttempts: number;
  /** Nanoseconds. */
  readonly RunTime: number;
  readonly Failure?: { readonly Message: string };
}

/** What became of one spec of an end-to-end suite, or of a step around the whole suite that failed. */
export interface SpecResult {
  /** Texts of the spec and of what it is nested in, e.g. `[sig-network] Netpol should support allow-all policy`. */
  readonly title: string;
  /** A spec is skipped when it finds itself that the cluster lacks what it needs. */
  readonly outcome: 'passed' | 'skipped' | 'failed';
  readonly seconds: number;
  /** Empty if it passed. */
  readonly reason: string;
}

/** Results of the specs that were selected, in the order of the report. @throws if the text is no report of Ginkgo */
export function specResults(json: string): SpecResult[] {
  const suites = JSON.parse(json) as readonly { readonly SpecReports: readonly GinkgoSpec[] | null }[];
  return suites
    .flatMap(({ SpecReports }) => SpecReports ?? [])
    .filter((spec) => spec.NumAttempts > 0 && (spec.LeafNodeType === 'It' || outcomeOf(spec) === 'failed'))
    .map(resultOf);
}

function outcomeOf({ State }: GinkgoSpec): SpecResult['outcome'] {
  return State === 'passed' || State === 'skipped' ? State : 'failed';
}

function resultOf(spec: GinkgoSpec): SpecResult {
  const title = [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].filter((text) => text !== '').join(' ');
  const outcome = outcomeOf(spec);
  return {
    title: title === '' ? spec.LeafNodeType : title,
    outcome,
    seconds: spec.RunTime / 1e9,
    reason: outcome === 'passed' ? '' : (spec.Failure?.Message ?? spec.State),
  };
}
