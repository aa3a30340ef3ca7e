import { answered, cutOffFrom, exercise, type Outcome, proxyLogCommand, resetByProxy } from '../../../helpers/index.ts';

const namespace = 'm8-e1-adopt';
const inMesh = `${namespace}-on`;
/** What is said of each namespace. */
const ofNamespace: Readonly<Record<string, string>> = {
  [namespace]: 'nothing',
  [inMesh]: 'istio-injection=enabled',
  [`${namespace}-off`]: 'istio-injection=disabled',
  [`${namespace}-rev`]: 'istio.io/rev=default',
};
/** What a pod says in its label sidecar.istio.io/inject. */
const ofPod = ['nothing', 'true', 'false'] as const;
/** Pairs that are to give a proxy, as `namespace label-of-the-pod`. */
const withProxy = [
  `${namespace} true`,
  `${inMesh} nothing`,
  `${inMesh} true`,
  `${namespace}-rev nothing`,
  `${namespace}-rev true`,
];
/** Asks the API server twelve times what a pod would be made of; none of them is made. */
const askForEach = `
for namespace in ${Object.keys(ofNamespace).join(' ')}; do
  for inject in ${ofPod.join(' ')}; do
    labels=app=candidate
    if [ $inject != nothing ]; then labels=sidecar.istio.io/inject=$inject; fi
    containers=$(kubectl run candidate --namespace $namespace --labels $labels --image docker.io/curlimages/curl:8.22.0 \\
      --dry-run=server -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}')
    echo $namespace $inject $containers
  done
done`;
/** What each pod is made of, a line for each, with the id of the pod. */
const pods = (ofNamespaces: string) => [
  'get',
  'pods',
  '--namespace',
  ofNamespaces,
  '--sort-by=.metadata.name',
  '-o',
  'jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} {.spec.initContainers[*].name} {.spec.containers[*].name}{"\\n"}{end}',
];
const log = proxyLogCommand('deployment/orders');
const identity = `spiffe://cluster.local/ns/${inMesh}/sa/stock`;

/** What the test server tells of the call has no certificate of the caller. */
const withoutCertificate = (app: string): Outcome => ({
  verdict: 'allowed',
  says: `is answered with HTTP 200 by ${app}, and no certificate came with it`,
  holds: ({ http }) =>
    http.status === 200 && http.body.includes(`"pod":"${app}-`) && !http.body.includes('x-forwarded-client-cert'),
});

exercise(
  'Labels of namespace and pod decide who gets a proxy, and STRICT who is refused without one',
  {
    persona: 'Ahmed Hassan',
    question: 'Can I begin with one pod of one application, and what becomes of those that still call it from outside?',
    proof:
      'The API server is asked twelve times what a pod would be made of, for four labels of the namespace and three of the pod, and answers with a proxy for five of them. It is asked by a dry run, and the pods of the lesson beside it are real: one with a proxy in a namespace of which nothing is said, and one without in a namespace that is in the mesh. The pod with a proxy and one without call each other, and the one with a proxy sees no certificate. Then STRICT is demanded for the one pod. The same call is reset, and the log of the proxy has a connection from the address of that caller that fitted nothing it takes. Meanwhile a caller with a proxy is served under its name, the pod itself still calls the one that was refused, and that one is served elsewhere. When STRICT is gone, the call is answered again, and the pods are the same ones.',
    takeaway:
      'Take in one pod by a label; as long as STRICT is not demanded of it, callers without a proxy are served as before.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e1.a1', 'm8.e1.a3'],
    readMore: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const orders = cluster.client('deployment/orders');
    const batch = cluster.client('deployment/batch');
    const stock = cluster.client('deployment/stock', inMesh);
    const order = batch.curl('http://orders/');
    const elsewhere = batch.curl(`http://legacy.${inMesh}/`);
    const work = stock.curl(`http://orders.${namespace}/`);
    const handOver = orders.curl('http://batch/');

    await lesson.step('Twelve pairs of labels, each asked for and none made: five would get a proxy', async () => {
      const { stdout } = await cluster.shell(askForEach);
      const rows = stdout.trim().split('\n');
      const made = new Map(
        rows.map((row): [string, string[]] => {
          const [where = '', label = '', ...containers] = row.split(' ');
          return [`${where} ${label}`, containers];
        }),
      );
      const has = (where: string, label: string) => made.get(`${where} ${label}`)?.includes('istio-proxy') === true;
      lesson.table(
        'Who would get a proxy',
        ['of the namespace', ...ofPod.map((label) => `pod: ${label}`)],
        Object.entries(ofNamespace).map(([where, said]) =>
          [said].concat(ofPod.map((label) => (has(where, label) ? 'proxy' : 'none'))),
        ),
      );
      await lesson.check(
        'all twelve were answered with the container that was asked for, and these five with a proxy',
        {
          answered: [...made].filter(([, containers]) => containers.includes('candidate')).length,
          withProxy: [...made].filter(([, containers]) => containers.includes('istio-proxy')).map(([pair]) => pair),
        },
        (seen) => rows.length === 12 && seen.answered === 12 && seen.withProxy.join() === withProxy.join(),
      );
    });

    let before = '';
    await lesson.step('Before: one pod is in, another is not, and each calls the other', async () => {
      const list = await cluster.eventually(
        'orders has a proxy, and batch beside it has none',
        pods(namespace),
        (now) => hasProxy(now, { batch: false, orders: true }),
      );
      before = list;
      await cluster.eventually(
        'in the namespace that is in the mesh stock has one, and legacy, which says no, has none',
        pods(inMesh),
        (now) => hasProxy(now, { legacy: false, stock: true }),
      );
      await order.settlesOn(withoutCertificate('orders'));
      await handOver.settlesOn(withoutCertificate('batch'));
      await work.settlesOn(answered(200, identity));
      await elsewhere.settlesOn(answered(200, '"pod":"legacy-'));
    });

    const { stdout: address } = await cluster.kubectl(
      'get',
      'pods',
      '-l',
      'app=batch',
      '-o',
      'jsonpath={.items[0].status.podIP}',
    );
    const refusedBefore = cutOffFrom((await cluster.kubectl(...log)).stdout, address).length;

    await lesson.step('STRICT is demanded for the one pod', async () => {
      await cluster.change('20-strict.yaml');
    });

    await lesson.step('After: the same call of batch is reset, and the proxy of orders tells of it', async () => {
      await order.settlesOn(resetByProxy);
      await cluster.eventually(
        'its log has more connections from the address of batch that fitted nothing it takes than before',
        log,
        (text) => cutOffFrom(text, address).length > refusedBefore,
        'kubectl',
        { tell: (text) => cutOffFrom(text, address).at(-1)?.text ?? '' },
      );
    });

    await lesson.step('And at that moment the others are served, and batch is served elsewhere', async () => {
      await work.settlesOn(answered(200, identity));
      await handOver.settlesOn(withoutCertificate('batch'));
      await elsewhere.settlesOn(answered(200, '"pod":"legacy-'));
      await order.settlesOn(resetByProxy);
    });

    await lesson.step('And without STRICT batch is answered again, by the same pods', async () => {
      await cluster.revert('20-strict.yaml');
      await order.settlesOn(withoutCertificate('orders'));
      await cluster.eventually('none of the pods was replaced', pods(namespace), (now) => now === before);
    });
  },
);

/** True if the list has exactly these pods, in this order, with a proxy or without. */
function hasProxy(list: string, wanted: Readonly<Record<string, boolean>>): boolean {
  const found = list
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([app = '', , ...containers]): [string, boolean] => [app, containers.includes('istio-proxy')]);
  return JSON.stringify(found) === JSON.stringify(Object.entries(wanted));
}
