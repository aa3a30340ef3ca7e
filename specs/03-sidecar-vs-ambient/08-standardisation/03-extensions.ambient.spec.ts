import { exercise, type Outcome, timeouts } from '../../../helpers/index.ts';

const namespace = 'm3-e8-ext';
const withSidecar = 'm3-e8-ext-sidecar';
/** A waypoint is a pod, which has to start before anything goes through it. */
const started = { settleMs: timeouts.podsReadyMs };
/** How long a header that must not come is waited for. */
const staysMs = 5_000;
const ofFilter = ['get', 'envoyfilter', 'team-header', '--namespace', namespace, '-o'];
const eventsOfFilter = [
  'get',
  'events',
  '--namespace',
  namespace,
  '--field-selector',
  'involvedObject.kind=EnvoyFilter',
  '-o',
  'jsonpath=events: {.items[*].message}',
];

/** Answered by the backend, with or without the header that the filter adds, and by way of a proxy of Istio's or not. */
function answeredWith(header: 'with' | 'without', by: 'a proxy' | 'no proxy'): Outcome {
  return {
    verdict: 'allowed',
    says: `is answered with HTTP 200 by way of ${by}, ${header} the header x-team`,
    holds: ({ http }) =>
      http.status === 200 &&
      http.body.includes('"pod":"backend-') &&
      (http.headers['server'] === 'istio-envoy') === (by === 'a proxy') &&
      (http.headers['x-team'] === 'retail') === (header === 'with'),
  };
}

exercise(
  'EnvoyFilter written for sidecars does nothing at a waypoint and says nothing, until it names the waypoint',
  {
    persona: 'Jennifer',
    question: 'Some teams depend on EnvoyFilter. Can they move to ambient, and who tells them what they lose?',
    proof:
      'Before, no answer has the header. One filter, word for word the same, is applied in a namespace with sidecars and in one in ambient. The answer of the sidecar has the header. In ambient neither the call through the waypoint has it nor the one to the address of the pod, and for five seconds nothing changes; no status and no event has a word about it, and the analysis says what it says of the filter at the sidecar. Then the filter in ambient names the waypoint in its targetRefs, and the answers through the waypoint have the header; those by the address, which pass ztunnel alone, do not. Without the filter the header is gone from both.',
    takeaway:
      'Search for EnvoyFilters before you move: without targetRefs they are left out in silence. With them they work at a waypoint, and at ztunnel they never do.',
    needs: ['k8s', 'waypoint', 'sidecar'],
    proves: ['m3.e8.a3', 'm3.e8.a6'],
    errata: ['E315'],
    readMore: 'https://istio.io/latest/docs/ambient/migrate/migrate-policies/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const address = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].status.podIP}'];
    const byWaypoint = frontend.curl(`http://backend.${namespace}/`);
    const byAddress = frontend.curl(`http://${(await cluster.kubectl(...address)).stdout}/`);
    const toSidecar = frontend.curl(`http://backend.${withSidecar}/`);

    await lesson.step('Before: by way of sidecar, waypoint and ztunnel, no answer has the header', async () => {
      await byWaypoint.settlesOn(answeredWith('without', 'a proxy'), started);
      await byAddress.settlesOn(answeredWith('without', 'no proxy'));
      await toSidecar.settlesOn(answeredWith('without', 'a proxy'));
    });

    await lesson.step('The same filter in both namespaces', async () => {
      await cluster.change('20-header.yaml');
    });

    await lesson.step('After: the answers of the sidecar have the header', async () => {
      await toSidecar.settlesOn(answeredWith('with', 'a proxy'));
    });

    await lesson.step('Those in ambient do not, by waypoint or by ztunnel', async () => {
      await byWaypoint.settlesOn(answeredWith('without', 'a proxy'));
      await byAddress.settlesOn(answeredWith('without', 'no proxy'));
    });

    await lesson.step(
      'And nobody says so: no status, no event, and of the analysis no word that a sidecar does not get',
      async () => {
        await cluster.eventually(
          'the filter has no status',
          [...ofFilter, 'jsonpath=status: {.status}'],
          (text) => text.trim() === 'status:',
          'kubectl',
          { staysMs },
        );
        await cluster.eventually('there is no event about it', eventsOfFilter, (text) => text.trim() === 'events:');
        /** What the analysis of a namespace says of the filter, without the name of the namespace. */
        const saidIn = async (of: string) => {
          const { stdout, stderr } = await cluster.attempt('istioctl', 'analyze', '--namespace', of);
          const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('EnvoyFilter'));
          return lines.map((line) => line.replace(of, 'namespace')).toSorted();
        };
        await lesson.check(
          'istioctl analyze says of it what it says of the one that works at a sidecar, and nothing of waypoints',
          { ambient: await saidIn(namespace), sidecar: await saidIn(withSidecar) },
          ({ ambient, sidecar }) =>
            sidecar.length > 0 && ambient.join() === sidecar.join() && !/waypoint|targetRef/i.test(ambient.join()),
        );
        await byWaypoint.settlesOn(answeredWith('without', 'a proxy'));
        await byAddress.settlesOn(answeredWith('without', 'no proxy'));
        await toSidecar.settlesOn(answeredWith('with', 'a proxy'));
      },
    );

    await lesson.step('The filter names the waypoint', async () => {
      await cluster.change('30-header-for-the-waypoint.yaml');
    });

    await lesson.step(
      'After: the answers through the waypoint have the header, and those by ztunnel alone do not',
      async () => {
        await byWaypoint.settlesOn(answeredWith('with', 'a proxy'));
        await byAddress.settlesOn(answeredWith('without', 'no proxy'));
      },
    );

    await lesson.step('Without the filters no answer has it', async () => {
      await cluster.revert('20-header.yaml');
      await toSidecar.settlesOn(answeredWith('without', 'a proxy'));
      await byWaypoint.settlesOn(answeredWith('without', 'a proxy'));
    });
  },
);
