import {
  answeredByVersion,
  askedForAtGateway,
  eastWestAddressCommand,
  eastWestLogCommand,
  eastWestName,
  eastWestPort,
  endpointsCommand,
  exercise,
  noHealthyUpstream,
  readEndpoints,
  tellWeights,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-ports';
const backend = 'http://backend/';
const name = eastWestName('backend', namespace);
/** How often a verdict is confirmed, on a connection of its own each time. */
const confirmed = 5;
const analysis = ['analyze', '--remote-contexts', 'east', '--namespace', namespace];
/** IST0170: ports of one Service are not the same in every cluster. */
const findings = (report: string) =>
  report
    .split('\n')
    .filter(
      (line) =>
        line.includes('[IST0170]') &&
        line.includes('service ports are inconsistent') &&
        line.includes(namespace) &&
        line.includes('backend'),
    );

exercise(
  'Service joins two clusters only where name and number of its port are the same, and a proxy is behind it',
  {
    persona: 'Jennifer',
    question:
      'We give a Service the same name in both clusters. What else must be equal, and who tells us when it is not?',
    proof: `All pods are in east, and the same call is made from west throughout. While the port is called http and has the number 80 in both clusters it is answered by east. Only east's Service changes: with the port called web, the caller's proxy knows no pod any more and says so; with the name http and the number 8080, the proxy has the gateway again, and the gateway finds nothing for the number that west asks for, as its log has it. After each change a caller inside east is answered by the same pod, so the Service works there. istioctl analyze with both clusters says in both cases that the ports of the Service differ, and in neither of the equal ones. With the old port all is as before. Beside it, a Service of the same shape whose pod has no proxy is answered inside east, and west's proxy has no endpoint for it, for the way through the gateway is by mutual TLS.`,
    takeaway:
      'Across networks a Service needs the same name, port name and port number in both clusters, and a proxy beside each pod; analyze with --remote-contexts names a Service whose ports differ.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a7', 'm7.e2.a8'],
    errata: ['E712'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/multicluster/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const probe = east.client('deployment/probe');
    const call = frontend.curl(backend);
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;
    const ledNowhere = async () =>
      askedForAtGateway((await east.kubectl(...eastWestLogCommand)).stdout, name).unknown.length;
    let before = 0;
    const servedInEast = async (url = backend) => probe.curl(url).settlesOn(answeredByVersion('east'));
    const analysisNames = async (wanted: 'the Service' | 'nothing') => {
      const { stdout, stderr } = await west.attempt('istioctl', ...analysis);
      await lesson.check(
        `istioctl analyze of both clusters says ${wanted === 'nothing' ? 'nothing of ports that differ' : 'that the ports of the Service differ (IST0170)'}`,
        {
          findings: findings(`${stdout}${stderr}`),
          ran: /^(✔|(Info|Warning|Error) \[IST)/m.test(`${stdout}${stderr}`),
        },
        (seen) => seen.ran && seen.findings.length > 0 === (wanted === 'the Service'),
      );
    };
    const knows = async (says: string, service: string, isKnown: boolean) =>
      west.eventually(
        says,
        endpointsCommand('deployment/frontend', service, namespace),
        (json) => {
          const seen = readEndpoints(json);
          if (!isKnown) return seen.length === 0;
          return seen.length === 1 && seen[0]?.address === gateway && seen[0].port === eastWestPort;
        },
        'istioctl',
        { tell: tellWeights },
      );

    await lesson.step('Before: name, port name and port number are equal, and east answers', async () => {
      await call.settlesOn(answeredByVersion('east'));
      await knows("the proxy in west has east's gateway for the backend", 'backend', true);
      await servedInEast();
      await analysisNames('nothing');
    });

    await lesson.step('A pod without a proxy is answered in east, and does not exist for west', async () => {
      await servedInEast('http://legacy/');
      await knows('the proxy in west has nobody for the Service legacy', 'legacy', false);
      await frontend.curl('http://legacy/').settlesOn(noHealthyUpstream);
      await servedInEast('http://legacy/');
    });

    await lesson.step('East gives the port another name', async () => {
      await east.change('20-renamed-port.east.yaml');
    });

    await lesson.step('After: the proxy in west has nobody for the backend, which east still serves', async () => {
      await call.settlesOn(noHealthyUpstream);
      await knows('the proxy in west has nobody for the backend', 'backend', false);
      await servedInEast();
      await analysisNames('the Service');
    });

    await lesson.step('East gives the port its name again, and another number', async () => {
      before = await ledNowhere();
      await east.change('30-renumbered-port.east.yaml');
    });

    await lesson.step(
      "After: west's proxy finds the gateway, and the gateway finds nothing for the number",
      async () => {
        await call.settlesOn(upstreamConnectError);
        await knows("the proxy in west has east's gateway for the backend again", 'backend', true);
        await east.eventually(
          `the log of east's gateway has ${confirmed} connections more that asked for port 80 and led nowhere`,
          eastWestLogCommand,
          (log) => askedForAtGateway(log, name).unknown.length >= before + confirmed,
          'kubectl',
          { tell: (log) => askedForAtGateway(log, name).unknown.at(-1)?.text ?? '' },
        );
        await servedInEast('http://backend:8080/');
        await analysisNames('the Service');
      },
    );

    await lesson.step('With the port of before east answers again', async () => {
      await east.change('40-same-port.east.yaml');
      await call.settlesOn(answeredByVersion('east'));
      await analysisNames('nothing');
    });
  },
);
