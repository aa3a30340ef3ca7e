import { answered, exercise, forbidden, queryArguments, readSamples } from '../../../helpers/index.ts';

const namespace = 'm1-e8-kiali';
const api = '/api/v1/namespaces/istio-system/services/kiali:http/proxy/kiali/api';
const graphOf = (seconds: number) => [
  'get',
  '--raw',
  `${api}/namespaces/graph?namespaces=${namespace}&graphType=workload&duration=${seconds}s`,
];
const graph = graphOf(60);
/** Who called whom within the same minute, as the called sides have counted it. */
const counted = queryArguments(
  `sum by (source_workload, destination_workload) (rate(istio_requests_total{reporter="destination",destination_workload_namespace="${namespace}"}[60s])) > 0`,
);
/** An idle edge must first leave the minute that is asked for, and the metrics come each few seconds. */
const idleMs = 120_000;

/** An edge of Kiali's graph; only what is read here. https://kiali.io/docs/features/topology/ */
interface KialiGraph {
  readonly elements: {
    readonly nodes?: readonly { readonly data: { readonly id: string; readonly workload?: string } }[];
    readonly edges?: readonly {
      readonly data: {
        readonly source: string;
        readonly target: string;
        readonly traffic?: { readonly protocol?: string; readonly responses?: Readonly<Record<string, unknown>> };
      };
    }[];
  };
}

/** Each edge as `frontend → backend`, in the order of letters. */
function edgesIn(answer: string): string[] {
  const { nodes = [], edges = [] } = (JSON.parse(answer) as KialiGraph).elements;
  const name = (id: string) => nodes.find(({ data }) => data.id === id)?.data.workload ?? 'unknown';
  return edges.map(({ data }) => `${name(data.source)} → ${name(data.target)}`).toSorted();
}

/** Codes on the edge from one workload to another; undefined where there is no such edge. */
function codes(answer: string, from: string, to: string): string[] | undefined {
  const { nodes = [], edges = [] } = (JSON.parse(answer) as KialiGraph).elements;
  const id = (workload: string) => nodes.find(({ data }) => data.workload === workload)?.data.id;
  const edge = edges.find(({ data }) => data.source === id(from) && data.target === id(to));
  return edge === undefined ? undefined : Object.keys(edge.data.traffic?.responses ?? {});
}

exercise(
  'Kiali draws the call map with its errors',
  {
    persona: 'Sarah Martinez',
    question: 'My auditors read pictures, not queries. Is there a page that I can show them?',
    proof:
      'The picture is asked of the same API that the page is painted from: the edge is there with answers of 200 only, and after calls that the policy refuses the same edge has answers of 403. Its edges are those that Prometheus has counted. When nobody calls, the edge leaves the picture of the last minute, and the picture of the last ten minutes still has it.',
    takeaway: 'Kiali adds no data of its own: it paints what the sidecars have counted.',
    needs: ['k8s', 'sidecar', 'prom', 'kiali'],
    proves: ['m1.e8.a3', 'm1.e8.a4', 'm6.e2.a4'],
    errata: ['E142'],
    readMore: 'https://kiali.io/docs/features/topology/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');

    await lesson.step('Calls that are answered are an edge without errors', async () => {
      await frontend.curl('http://backend/').settlesOn(answered(200), { inARow: 20 });
      await cluster.eventually(
        'the edge has answers of 200 and no others',
        graph,
        (answer) => codes(answer, 'frontend', 'backend')?.join() === '200',
      );
    });

    await lesson.step('Calls that the policy refuses show on the same edge', async () => {
      await frontend.curl('-X', 'POST', 'http://backend/').settlesOn(forbidden);
      await cluster.eventually(
        'the edge has answers of 403 as well',
        graph,
        (answer) => codes(answer, 'frontend', 'backend')?.includes('403') === true,
      );
    });

    await lesson.step('The picture has the edges that Prometheus has counted, and no other', async () => {
      let inMetrics: string[] = [];
      await cluster.eventually('Prometheus has one edge', counted, (answer) => {
        inMetrics = readSamples({ stdout: answer })
          .map(({ labels }) => `${labels['source_workload']} → ${labels['destination_workload']}`)
          .toSorted();
        return inMetrics.length === 1;
      });
      await cluster.eventually('Kiali draws the same', graph, (answer) => edgesIn(answer).join() === inMetrics.join());
    });

    await lesson.step('When nobody calls, the edge leaves the picture of the last minute', async () => {
      await cluster.eventually(
        'the last minute has no edge',
        graph,
        (answer) => edgesIn(answer).length === 0,
        'kubectl',
        {
          settleMs: idleMs,
          tell: () => 'no edge',
        },
      );
      await cluster.eventually(
        'the last ten minutes have it',
        graphOf(600),
        (answer) => edgesIn(answer).join() === 'frontend → backend',
      );
    });
  },
);
