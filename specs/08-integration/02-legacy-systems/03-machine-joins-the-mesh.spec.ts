import {
  about,
  answered,
  chanceOutside,
  type Client,
  connectionRefused,
  cutOffFrom,
  endpointsCommand,
  exercise,
  forbidden,
  noHealthyUpstream,
  onceIn,
  podOf,
  proxyLogCommand,
  readEndpoints,
  resetByProxy,
  tally,
  tellEndpoints,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm8-e2-machine';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const mainframe = 'http://mainframe/';
const isMachine = answered(200, '"pod":"machine"');
const isOrders = answered(200, '"pod":"orders-');
/** A pod, its proxy, its certificate and its entry; on a busy machine each takes its time. */
const joinedMs = 45_000;
/** Seconds after which istiod forgets a machine that is gone. */
const graceSeconds = 10;
/** Calls of which two that are called in turn get half each. */
const calls = 60;
const least = 10;
const luck = onceIn(chanceOutside(calls, 0.5, least, calls - least));
const addressOf = (pod: string) => ['get', 'pod', '-l', pod, '-o', 'jsonpath={.items[0].status.podIP}'];
/** What Kubernetes itself knows behind the name. */
const endpoints = [
  'get',
  'endpointslices',
  '-l',
  'kubernetes.io/service-name=mainframe',
  '-o',
  'jsonpath={.items[*].endpoints[*].addresses[*]}',
];
const entries = ['get', 'workloadentries', '-o', 'jsonpath={.items[*].metadata.name}'];
/** The agent of the machine runs its proxy, whose log is what the agent prints. */
const machinesLog = proxyLogCommand('pod/machine');
const health = ['get', 'workloadentries', '-o', 'jsonpath={.items[*].status.conditions[?(@.type=="Healthy")].status}'];
/** The image that injection gives to a pod, wherever it puts the proxy. */
const proxyImage = [
  'get',
  'pod',
  '-l',
  'app=orders',
  '-o',
  'jsonpath={.items[0].spec.initContainers[?(@.name=="istio-proxy")].image}{.items[0].spec.containers[?(@.name=="istio-proxy")].image}',
];
/** Writes the files of a machine, with a token of its account, and keeps them where a pod finds them. */
const configure = `set -e
istiod=$(kubectl -n istio-system get service istiod -o jsonpath={.spec.clusterIP})
istioctl experimental workload entry configure --name mainframe --namespace ${namespace} --autoregister --capture-dns=false --ingressIP $istiod --output files
kubectl -n ${namespace} create secret generic machine --from-file=files`;

exercise(
  'WorkloadGroup gives a machine an identity, and a Service gives it a successor',
  {
    persona: 'Ahmed Hassan',
    question:
      'We have 380 virtual machines. Can one of them have an identity, as our pods have, and can a container take its place one day without a change at those who call it?',
    proof: `A pod stands in for the machine: nothing is injected into it, and it runs what istioctl wrote for a machine of the group. The name mainframe belongs to a Service that selects a label no pod has. Before, a call to it ends in 503, and Kubernetes refuses it too. After, the machine answers, each side names the account in the certificate of the other, and Kubernetes still knows no address behind the name: a call past the proxy is refused as before. Under STRICT a plain call to the address of the machine, which was answered before, is reset, and the log of the machine's proxy has the connection, while orders are answered and the machine can call them, each side by its account. Without STRICT the plain call is answered again. A policy of its accounts lets orders in and refuses reports, which are answered before it and after it. When the application of the machine says that it is not ready, callers get no healthy upstream, while the machine itself can call others. Then a container gets the same label: of ${calls} calls each of the two answers ${least} or more, which luck alone misses ${luck}; without the container the machine answers all ${calls}. When the machine is deleted, its entry goes as well, ${graceSeconds} seconds or more after the command.`,
    takeaway:
      'A machine with an agent and a token of its account is a workload like others: it can be named, let in, refused, left out when it is ill, and replaced under its name.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e2.a7', 'm8.e2.a8', 'm8.e2.a9', 'm8.e2.a13'],
    readMore: 'https://istio.io/latest/docs/setup/install/virtual-machine/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const orders = cluster.client('deployment/orders');
    const reports = cluster.client('deployment/reports');
    const pastProxy = cluster.client('deployment/reports', namespace, 'past-proxy');
    const machine = cluster.client('pod/machine');
    const order = orders.curl(mainframe);
    /** Sees that both proxies of a call have proven an account, by what the called one tells its application. */
    const proven = async (client: Client, url: string, caller: string, called: string) => {
      const [reply] = await client.newConnections(1, url);
      await lesson.check(
        `the called side proved to be ${called}, and was called by ${caller}`,
        toldCertificates(reply?.body ?? ''),
        (told) => told.length === 1 && told[0]?.by === identity(called) && told[0].caller === identity(caller),
      );
    };
    const answeredBy = async () =>
      Object.fromEntries(
        tally(await orders.newConnections(calls, mainframe), (reply) =>
          podOf(reply).replace(/^successor-.*/, 'successor'),
        ),
      );

    await lesson.step('Before: the name exists, and nobody is behind it', async () => {
      await order.settlesOn(noHealthyUpstream);
      await reports.curl('http://orders/').settlesOn(isOrders);
      await pastProxy.curl(mainframe).settlesOn(connectionRefused);
    });

    await lesson.step('A group says what its machines are, and istioctl writes the files for one', async () => {
      await cluster.change('20-group.yaml');
      const { exitCode } = await cluster.shell(configure);
      await lesson.check('the files of the machine are in a Secret', exitCode, (code) => code === 0);
    });

    await lesson.step('The machine starts its agent with these files', async () => {
      const { stdout: image } = await cluster.kubectl(...proxyImage);
      await cluster.change('25-machine.yaml', { PROXY_IMAGE: image });
    });

    await lesson.step('After: the machine answers to the name, and both sides prove their accounts', async () => {
      await order.settlesOn(isMachine, { settleMs: joinedMs });
      await proven(orders, mainframe, 'orders', 'mainframe');
      await machine.curl('http://orders/').settlesOn(isOrders);
      await proven(machine, 'http://orders/', 'mainframe', 'orders');
    });

    const { stdout: address } = await cluster.kubectl(...addressOf('run=machine'));
    const entry = `mainframe-${address}`;
    await lesson.step('istiod has made an entry of it, and Kubernetes knows nothing of it', async () => {
      await cluster.eventually(`there is one entry, ${entry}`, entries, (names) => names === entry);
      const { stdout } = await cluster.kubectl(...endpoints);
      await lesson.check('Kubernetes has no address behind the name', { addresses: stdout }, (seen) => {
        return seen.addresses === '';
      });
      await pastProxy.curl(mainframe).settlesOn(connectionRefused);
    });

    await lesson.step(
      'Under STRICT a plain call to the machine is reset, and it is called and calls as before',
      async () => {
        const { stdout: from } = await cluster.kubectl(...addressOf('app=reports'));
        await pastProxy.curl(`http://${address}/`).settlesOn(isMachine);
        const cutOffBefore = cutOffFrom((await cluster.kubectl(...machinesLog)).stdout, from).length;
        await cluster.change('30-strict.yaml');
        await pastProxy.curl(`http://${address}/`).settlesOn(resetByProxy);
        await cluster.eventually(
          "the log of the machine's proxy has more connections from that address that fitted nothing it takes than before",
          machinesLog,
          (log) => cutOffFrom(log, from).length > cutOffBefore,
          'kubectl',
          { tell: (log) => cutOffFrom(log, from).at(-1)?.text ?? '' },
        );
        await order.settlesOn(isMachine);
        await proven(orders, mainframe, 'orders', 'mainframe');
        await proven(machine, 'http://orders/', 'mainframe', 'orders');
        await cluster.revert('30-strict.yaml');
        await pastProxy.curl(`http://${address}/`).settlesOn(isMachine);
      },
    );

    await lesson.step('Before the policy reports are answered as well', async () => {
      await reports.curl(mainframe).settlesOn(isMachine);
    });

    await lesson.step('A policy for the label of the machine lets in orders alone', async () => {
      await cluster.change('40-only-orders.yaml');
      await reports.curl(mainframe).settlesOn(forbidden);
      await order.settlesOn(isMachine);
      // Of what the policy does not select, nothing has changed.
      await machine.curl('http://orders/').settlesOn(isOrders);
      await reports.curl('http://orders/').settlesOn(isOrders);
    });

    await lesson.step('Without the policy reports are answered again', async () => {
      await cluster.revert('40-only-orders.yaml');
      await reports.curl(mainframe).settlesOn(isMachine);
    });

    const application = cluster.client('pod/machine', namespace, 'server');
    await lesson.step('Its application says that it is not ready, and no call comes to it', async () => {
      await cluster.eventually('the entry says that it is healthy', health, (status) => status === 'True');
      await application.fault('ready=false');
      await cluster.eventually('the entry says that it is not', health, (status) => status === 'False');
      await order.settlesOn(noHealthyUpstream);
      await machine.curl('http://orders/').settlesOn(isOrders);
      await application.fault('none');
      await order.settlesOn(isMachine);
    });

    await lesson.step('A container gets the label that the Service selects', async () => {
      await cluster.change('50-successor.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/successor', '--timeout=80s');
      await orders.burstShows('both answer to the name', [mainframe], (replies) => {
        const pods = replies.map(podOf);
        return pods.includes('machine') && pods.some((pod) => pod.startsWith('successor-'));
      });
    });

    await lesson.step(`After: of ${calls} calls machine and container answer ${least} or more each`, async () => {
      await lesson.check(
        `each answers ${least} or more, and nobody else does (otherwise by chance ${luck})`,
        await answeredBy(),
        ({ machine: ofMachine = 0, successor = 0 }) =>
          ofMachine >= least && successor >= least && ofMachine + successor === calls,
      );
      await proven(orders, mainframe, 'orders', 'mainframe');
      await lesson.check(
        'for Kubernetes the container alone is behind the name',
        {
          known: (await cluster.kubectl(...endpoints)).stdout,
          its: (await cluster.kubectl(...addressOf('app=mainframe'))).stdout,
        },
        ({ known, its }) => known === its && its !== '',
      );
    });

    await lesson.step('The way back: without the container the machine answers all', async () => {
      await cluster.kubectl('scale', 'deployment/successor', '--replicas=0');
      await cluster.eventually(
        'the proxy of the orders has the address of the machine alone',
        endpointsCommand('deployment/orders', 'mainframe', namespace),
        (json) =>
          readEndpoints(json)
            .map((endpoint) => endpoint.address)
            .join() === address,
        'istioctl',
        { tell: tellEndpoints },
      );
      await order.settlesOn(isMachine);
      await lesson.check(`the machine answers all ${calls} calls`, await answeredBy(), (seen) => {
        return seen['machine'] === calls;
      });
    });

    await lesson.step('The machine is deleted: its entry goes too, after a time for it to come back', async () => {
      const began = performance.now();
      await cluster.kubectl('delete', 'pod', 'machine');
      await cluster.kubectl('wait', `workloadentry/${entry}`, '--for=delete', '--timeout=80s');
      const seconds = (performance.now() - began) / 1000;
      await lesson.check(
        `the entry is gone, ${graceSeconds} seconds or more after the command`,
        { seconds },
        (seen) => seen.seconds >= about(graceSeconds),
      );
      await lesson.measure(
        'm8.e2.a9',
        'from the command that deletes a machine to the end of its entry',
        seconds,
        'seconds',
      );
      await order.settlesOn(noHealthyUpstream);
      await reports.curl('http://orders/').settlesOn(isOrders);
    });
  },
);
