import {
  answeredByVersion,
  eastWestAddressCommand,
  exercise,
  forbidden,
  isSignedBy,
  linesOfCall,
  proxyLogCommand,
  readProxyStatus,
  readRemoteClusters,
  readSecrets,
  remoteClustersCommand,
  spiffeIds,
  tellRemoteClusters,
  timeouts,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e6-remote';
const ledger = 'http://ledger/';
const prices = 'http://prices/';
const cost = 'http://prices/cost';
const inMesh = ['--namespace', 'istio-system'];
const deployments = ['get', 'deployments', ...inMesh, '-o', 'name'];
const podsOf = (app: string) => ['get', 'pods', '-l', `app=${app}`, '-o', 'name'];
const replicaSetEvents = ['get', 'events', '--field-selector', 'reason=FailedCreate', '-o'];
const messages = 'jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}';
const istiods = ['get', 'pods', ...inMesh, '-l', 'app=istiod', '-o', 'name'];
const metrics = '/api/v1/namespaces/istio-system/services/istiod:15014/proxy/metrics';
const settleMs = timeouts.remoteClusterMs;
/** For how long something that does not happen is watched for. */
const staysMs = 5_000;
const statusOf = (url: string) =>
  [
    'exec',
    'deployment/till',
    '--',
    'curl',
    '--silent',
    '--output',
    '/dev/null',
    '--write-out',
    '%{http_code}',
    url,
  ] as const;
const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');

exercise(
  "Profile remote runs a cluster without a control plane, and starts no pod with a proxy without the primary's",
  {
    persona: 'Jennifer',
    question: 'We have sixty stores. Does each need its own istiod, and what breaks when the region cannot be reached?',
    proof: `Edge is a cluster with Istio's profile remote: it has no istiod, and its API server and its proxies ask the one in east. The pods of both clusters reach each other, as a visitor without a proxy shows, who is answered by the ledger in east. Then two Deployments are asked for a pod each, a till and its price list. None is made: the API server of edge does not trust the certificate of who should add the proxy. East gets a credential for edge, and nothing else changes. Both pods are Ready. The istiod of east lists their proxies as those of cluster edge, the certificate of the till is signed by the intermediate of east, and the till is answered by the ledger at the address of its pod. A policy that refuses one path of the price list is applied to edge, which takes it, and the path is answered for ${staysMs / 1000} seconds. The same file applied to east refuses it, that path alone and at the price list alone; without it the path is answered again. Last, edge is cut off from east, so that a call to the ledger fails. The pods that run go on: the price list is answered, the path is refused. A second pod of the price list is not made, and when east takes the policy away, the path goes on to be refused. With east in reach again there are two pods, and the path is answered.`,
    takeaway:
      'A cluster of the profile remote brings pods and nothing else: proxies, identity and every rule come from the primary. What runs goes on without it, and nothing new begins.',
    needs: ['k8s', 'sidecar', 'clusters2', 'edge'],
    proves: ['m7.e6.a1', 'm7.e6.a3', 'm7.e6.a4', 'm7.e6.a5'],
    readMore: 'https://istio.io/latest/docs/setup/install/multicluster/primary-remote/',
  },
  async ({ lesson, east, edge }) => {
    await east.deploy('10-setup.east.yaml');
    await edge.deploy('10-setup.edge.yaml');
    const till = edge.client('deployment/till');
    const inEast = answeredByVersion('east');
    const inEdge = answeredByVersion('edge');
    const addressOfLedger = (
      await east.kubectl('get', 'pods', '-l', 'app=ledger', '-o', 'jsonpath={.items[0].status.podIP}')
    ).stdout.trim();
    const has = async (says: string, app: string, pods: number, stays = 0) =>
      edge.eventually(says, podsOf(app), (list) => lines(list).length === pods, 'kubectl', {
        tell: (list) => lines(list).join(', ') || 'no pod',
        staysMs: stays,
      });
    /** No pod is made, since the API server did not get its proxy from istiod, for this reason. */
    const isNotMade = async (app: string, reason: RegExp) => {
      const failed = (text: string) =>
        lines(text).find(
          (line) => line.startsWith(`${app}-`) && line.includes('failed calling webhook') && reason.test(line),
        );
      await edge.eventually(
        `no pod of ${app} is made, because the webhook of Istio fails`,
        [...replicaSetEvents, messages],
        (text) => failed(text) !== undefined,
        'kubectl',
        { tell: (text) => failed(text) ?? '' },
      );
    };
    const start = async (...apps: readonly string[]) => {
      for (const app of apps) await edge.kubectl('rollout', 'restart', `deployment/${app}`);
      for (const app of apps) await edge.kubectl('rollout', 'status', `deployment/${app}`);
    };

    await lesson.step('Edge has no istiod, and east has one', async () => {
      const own = { edge: await edge.kubectl(...deployments), east: await east.kubectl(...deployments) };
      await lesson.check(
        'east has the Deployment istiod, and edge has none at all in that namespace',
        { edge: own.edge.stdout, east: own.east.stdout },
        (seen) => seen.edge === '' && seen.east.includes('deployment.apps/istiod\n'),
      );
      const asked = await edge.attempt('istioctl', 'proxy-status');
      await lesson.check('istioctl finds none either', asked.stderr, (text) =>
        /no running Istio pods|unable to find any Istiod/.test(text),
      );
      const { stdout } = await east.kubectl('get', '--raw', metrics);
      const bytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(stdout)?.[1]);
      await lesson.check('the istiod of east tells how much memory it has', { bytes }, (seen) => seen.bytes > 1e7);
      await lesson.measure('m7.e6.a1', 'memory of an istiod, which edge does without', bytes / 1e6, 'MB');
    });

    await lesson.step('Before: no pod with a proxy is made, although the way to east is there', async () => {
      await edge.client('pod/visitor').curl(`http://${addressOfLedger}/`).settlesOn(inEast);
      await edge.kubectl('scale', 'deployment/till', 'deployment/prices', '--replicas=1');
      for (const app of ['till', 'prices']) await isNotMade(app, /x509: certificate signed by unknown authority/);
      await has('there is no till', 'till', 0, staysMs);
      await has('and no price list', 'prices', 0);
    });

    await lesson.step('East gets a credential for edge', async () => {
      await east.giveRemoteSecret(edge);
      await east.eventually(
        'istiod of east has read edge',
        remoteClustersCommand,
        (table) => readRemoteClusters(table).some(({ name, status }) => name === 'edge' && status === 'synced'),
        'istioctl',
        { tell: tellRemoteClusters },
      );
    });

    await lesson.step('After: the pods are there, and east serves their proxies', async () => {
      await start('till', 'prices');
      const istiod = (await east.kubectl(...istiods)).stdout.trim().replace('pod/', '');
      await east.eventually(
        `the istiod of east, ${istiod}, serves the proxies of the till and of the price list, in cluster edge`,
        ['proxy-status'],
        (table) =>
          ['till', 'prices'].every((app) =>
            readProxyStatus(table).some(
              (proxy) =>
                proxy.pod.startsWith(`${app}-`) &&
                proxy.namespace === namespace &&
                proxy.cluster === 'edge' &&
                proxy.istiod === istiod,
            ),
          ),
        'istioctl',
      );
      const secrets = await edge.attempt(
        'istioctl',
        'proxy-config',
        'secret',
        `deployment/till.${namespace}`,
        '-o',
        'json',
      );
      const { chain, roots } = readSecrets(secrets.stdout);
      const [leaf, signer] = chain;
      await lesson.check(
        'the certificate of the till has its account, and is signed by the intermediate of east',
        { names: spiffeIds(leaf), signer: signer?.subject ?? 'nobody', isSigned: isSignedBy(chain, roots) },
        (seen) =>
          seen.names.join() === `spiffe://cluster.local/ns/${namespace}/sa/till` &&
          seen.signer.includes('L=east') &&
          seen.isSigned,
      );
    });

    await lesson.step('The till is answered in its store, and by the ledger at the address of its pod', async () => {
      await till.curl(prices).settlesOn(inEdge);
      await till.curl(ledger).settlesOn(inEast);
      await till.newConnections(1, `${ledger}?call=ledger`);
      const sent = (log: string) =>
        linesOfCall(log, 'call=ledger').find(({ status, to }) => status === 200 && to === `${addressOfLedger}:80`);
      await edge.eventually(
        "the till's proxy has sent the call to the pod in east, without a gateway",
        proxyLogCommand('deployment/till'),
        (log) => sent(log) !== undefined,
        'kubectl',
        { tell: (log) => sent(log)?.text ?? '' },
      );
    });

    await lesson.step('A policy applied to edge is taken, and has no effect', async () => {
      await edge.change('20-no-cost.both.yaml');
      await edge.kubectl('get', 'authorizationpolicy', 'no-cost');
      await edge.eventually('the path is answered', statusOf(cost), (status) => status === '200', 'kubectl', {
        staysMs,
      });
    });

    await lesson.step('The same file applied to east refuses the path in edge', async () => {
      await east.change('20-no-cost.both.yaml');
      await till.curl(cost).settlesOn(forbidden);
      await till.curl(prices).settlesOn(inEdge);
      await till.curl('http://ledger/cost').settlesOn(inEast);
      await east.revert('20-no-cost.both.yaml');
      await till.curl(cost).settlesOn(inEdge);
      await east.change('20-no-cost.both.yaml');
      await till.curl(cost).settlesOn(forbidden);
    });

    await lesson.step('Edge is cut off from east: what runs goes on, and a new pod is not made', async () => {
      const { stdout } = await east.kubectl(...eastWestAddressCommand);
      await edge.change('30-cut.edge.yaml', { EAST: stdout.trim() });
      await edge.eventually('the node has the rules', ['logs', 'cut'], (log) => log.includes('east is cut off'));
      await till.curl(ledger).settlesOn(upstreamConnectError);
      await till.curl(prices).settlesOn(inEdge);
      await till.curl(cost).settlesOn(forbidden);
      await edge.kubectl('scale', 'deployment/prices', '--replicas=2');
      await isNotMade('prices', /connection refused/);
      await has('the price list has one pod', 'prices', 1, staysMs);
      await till.curl(prices).settlesOn(inEdge);
    });

    await lesson.step('A rule that east takes away meanwhile is in force in edge', async () => {
      await east.revert('20-no-cost.both.yaml');
      await edge.eventually('the path is refused', statusOf(cost), (status) => status === '403', 'kubectl', {
        staysMs,
      });
      await till.curl(cost).settlesOn(forbidden);
    });

    await lesson.step('East can be reached again: the second pod is made, and the rule is gone', async () => {
      await edge.revert('30-cut.edge.yaml');
      await start('prices');
      await has('the price list has two pods', 'prices', 2);
      await till.curl(ledger).settlesOn(inEast, { settleMs });
      await till.curl(cost).settlesOn(inEdge, { settleMs });
    });
  },
);
