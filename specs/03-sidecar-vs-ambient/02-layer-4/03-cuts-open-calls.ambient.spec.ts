import {
  answered,
  callOfApiServer,
  type Client,
  closedByNodeProxy,
  exercise,
  forbidden,
  hitsIn,
  notAuthorised,
  readAccessLog,
  madeAt,
  readZtunnelLog,
  serverLogCommand,
  type ZtunnelLine,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm3-e1-calls';
const withSidecar = 'm3-e1-calls-sidecar';
const outside = 'm3-e1-calls-legacy';
const backend = `http://backend.${namespace}/`;
const sidecarBackend = `http://backend.${withSidecar}/`;
/** How long the backend takes for an open call: what is changed meanwhile has its effect long before. */
const openSeconds = 20;
/** How long the caller waits. */
const patienceSeconds = 30;
/** From a change to the end of a call that it cuts. */
const soonMs = 5_000;

/** A call that takes long, as curl tells of it in the end. */
interface OpenCall {
  /** 0 where no answer came. */
  readonly status: number;
  /** Port from which it was made. */
  readonly port: string;
  readonly seconds: number;
  readonly curlExit: number;
}

exercise(
  'Open calls survive a rule with a selector, are cut by a rule for the namespace, and lost by joining and leaving',
  {
    persona: 'Jennifer',
    question: 'And the connections that are open when I label a namespace, change a rule or take the label away?',
    proof:
      'A caller outside and the frontend each have a call open when the namespace is enrolled under STRICT. A new connection of the first is closed meanwhile, by ztunnel, and one of the frontend is served; the open ones get nothing, neither an answer nor an error, until their callers give up after half as long again as the backend needs. The log of the backend has both calls, and that it has answered them, so the answers were lost on their way; ztunnel has no line of those connections, so it has not refused them. Then a call is open at a backend in ambient and at one with a sidecar, while a DENY that selects the backends comes: new calls are refused at once, in the way of each, and both open calls are answered after their whole time, which also shows that such a call is answered where nothing cuts it. Under the same rule for the whole namespace an equal call is cut within seconds, and ztunnel gives the change of policy as the reason. The last one is open when the label goes: ztunnel ends it and says so in its log, and its caller gets nothing either; then the next call is answered, so the backend was not down.',
    takeaway:
      'Joining and leaving both lose what is open, without a word to the caller; a DENY reaches an open call in ambient only where it is for the whole namespace.',
    needs: ['k8s', 'ambient', 'sidecar'],
    proves: ['m3.e1.a5', 'm3.e1.a6', 'm3.e2.a6', 'm3.e2.a7'],
    errata: ['E301'],
    readMore: 'https://istio.io/latest/docs/ambient/architecture/traffic-redirection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const legacy = cluster.client('pod/legacy', outside);
    const frontend = cluster.client('deployment/frontend');
    const sidecarFrontend = cluster.client('deployment/frontend', withSidecar);
    const work = frontend.curl(backend);
    const sidecarWork = sidecarFrontend.curl(sidecarBackend);
    const served = answered(200, '"pod":"backend-');
    const addressOf = async (of: string, label: string) =>
      (await cluster.kubectl('--namespace', of, 'get', 'pods', '-l', label, '-o', 'jsonpath={.items[0].status.podIP}'))
        .stdout;
    const addressOfLegacy = await addressOf(outside, 'run=legacy');
    const addressOfFrontend = await addressOf(namespace, 'app=frontend');
    /** Lines of connections from the frontend to the backend. */
    const toBackend = (log: string) =>
      readZtunnelLog(log).filter(
        ({ from, to }) =>
          from.namespace === namespace && from.workload.startsWith('frontend-') && to.workload.startsWith('backend-'),
      );
    /** Has a call of the frontend open while something is changed, which ends it at ztunnel for a reason. */
    const isEndedBy = async (key: string, file: string, reason: string) => {
      const before = new Set(toBackend((await cluster.kubectl(...ztunnelLog)).stdout).map(({ text }) => text));
      let changedAt = Number.POSITIVE_INFINITY;
      const call = await whileOpen(frontend, frontend, key, backend, async () => {
        changedAt = performance.now();
        await cluster.change(file);
      });
      const afterTheChangeMs = Math.round(performance.now() - changedAt);
      // The port of the call stands at the caller's side alone: at the other side the line has the port of the tunnel. Which
      // side ends it is chance where both leave, and the other may then see an end in order.
      const ofCall = (log: string) =>
        toBackend(log).filter(
          ({ from, error, text }) =>
            !before.has(text) && (error.includes(reason) || from.address.endsWith(`:${call.port}`)),
        );
      await cluster.eventually(
        `ztunnel has ended it, and gives the reason: ${reason}`,
        ztunnelLog,
        (log) =>
          ofCall(log).some(({ error }) => error.includes(reason)) &&
          ofCall(log).some(({ from }) => from.address.endsWith(`:${call.port}`)),
        'kubectl',
        {
          tell: (log) =>
            ofCall(log)
              .map(({ text }) => text)
              .join('\n'),
        },
      );
      return { ...call, afterTheChangeMs };
    };
    const isSilent = ({ status, curlExit, seconds }: OpenCall) =>
      status === 0 && curlExit === 28 && seconds >= patienceSeconds;

    await lesson.step('Before: STRICT stands, and a stranger is answered, since no pod is enrolled', async () => {
      await legacy.curl(backend).settlesOn(served);
      await work.settlesOn(served);
      await sidecarWork.settlesOn(served);
    });

    await lesson.step(
      'A call of the stranger is open while the namespace is enrolled: nothing comes back',
      async () => {
        let ofMember: OpenCall | undefined;
        const call = await whileOpen(legacy, frontend, 'joins', backend, async (isOpen) => {
          ofMember = await whileOpen(frontend, frontend, 'joins-too', backend, async (isOpenToo) => {
            await cluster.change('20-enrol.yaml');
            await legacy.curl(backend).settlesOn(closedByNodeProxy);
            await work.settlesOn(served);
            await lesson.check(
              'meanwhile the open call is neither answered nor ended, nor is one of the frontend',
              { stranger: isOpen(), frontend: isOpenToo() },
              (open) => open.stranger && open.frontend,
            );
          });
        });
        await lesson.check(
          `they got neither an answer nor an error in ${patienceSeconds} s, where the backend needs ${openSeconds} s`,
          { stranger: call, frontend: ofMember },
          (each) => isSilent(each.stranger) && each.frontend !== undefined && isSilent(each.frontend),
        );
        // The pods ask for hits by the same keys, so the whole path has to be that of a call.
        const ofCalls = (log: string) =>
          readAccessLog(log).filter(({ path }) => [pathOf('joins'), pathOf('joins-too')].includes(path));
        await cluster.eventually(
          'the log of the backend has both calls, and that it has answered them',
          serverLogCommand('deployment/backend'),
          (log) =>
            ofCalls(log).length === 2 && ofCalls(log).every(({ status, abandoned }) => status === 200 && !abandoned),
          'kubectl',
          { tell: (log) => JSON.stringify(ofCalls(log)) },
        );
        const log = await cluster.eventually(
          'ztunnel has lines of connections of the stranger that STRICT refused, and of those of the frontend',
          ztunnelLog,
          (text) =>
            fromAddress(text, addressOfLegacy).some(({ error }) => error.includes('static_strict')) &&
            toBackend(text).some(({ direction, error }) => direction === 'outbound' && error === ''),
          'kubectl',
          { tell: (text) => fromAddress(text, addressOfLegacy).at(-1)?.text ?? '' },
        );
        const ports = [call.port, ofMember?.port ?? ''];
        await lesson.check(
          'and none of the connections that were open before',
          readZtunnelLog(log).filter((line) => isOneOf(line, [addressOfLegacy, addressOfFrontend], ports)).length,
          (lines) => lines === 0,
        );
      },
    );

    await lesson.step(
      'A call is open at each backend while a rule for those backends denies their callers',
      async () => {
        let sidecarCall: OpenCall | undefined;
        const call = await whileOpen(frontend, frontend, 'selected', backend, async (isOpen) => {
          sidecarCall = await whileOpen(
            sidecarFrontend,
            sidecarFrontend,
            'selected',
            sidecarBackend,
            async (isOpenToo) => {
              await cluster.change('30-deny-by-selector.yaml');
              await work.settlesOn(closedByNodeProxy);
              await sidecarWork.settlesOn(forbidden);
              await frontend.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
              await lesson.check(
                'meanwhile neither open call has had an answer',
                { ambient: isOpen(), sidecar: isOpenToo() },
                ({ ambient, sidecar }) => ambient && sidecar,
              );
            },
          );
        });
        await lesson.check(
          `after their ${openSeconds} s both are answered`,
          { ambient: call, sidecar: sidecarCall },
          (both) =>
            [both.ambient, both.sidecar].every(
              (each) => each?.status === 200 && each.curlExit === 0 && each.seconds >= openSeconds,
            ),
        );
        await work.settlesOn(closedByNodeProxy);
        await sidecarWork.settlesOn(forbidden);
      },
    );

    await lesson.step('An equal call is cut by the same rule for the whole namespace', async () => {
      await cluster.revert('30-deny-by-selector.yaml');
      await work.settlesOn(served);
      await sidecarWork.settlesOn(served);
      await lesson.check(
        `the call of ${openSeconds} s was cut within ${soonMs / 1000} s after the change, without an answer`,
        await isEndedBy('denied', '40-deny-in-namespace.yaml', 'connection closed due to policy change'),
        ({ status, curlExit, seconds, afterTheChangeMs }) =>
          status === 0 && [52, 56].includes(curlExit) && seconds < openSeconds && afterTheChangeMs < soonMs,
      );
      await work.settlesOn(closedByNodeProxy);
      await frontend.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
    });

    await lesson.step('And another one is ended by the label that goes, which nobody tells its caller', async () => {
      await cluster.revert('40-deny-in-namespace.yaml');
      await work.settlesOn(served);
      await lesson.check(
        `its caller got neither an answer nor an error in ${patienceSeconds} s`,
        await isEndedBy('leaves', '50-leave.yaml', 'connection closed due to connection drain'),
        isSilent,
      );
      await work.settlesOn(served);
      await legacy.curl(backend).settlesOn(served);
    });
  },
);

/** What the backend is asked for: to answer after its time. */
function pathOf(key: string): string {
  return `/?delay=${openSeconds}s&key=${key}`;
}

/**
 * Makes a call that the backend answers after its time, and does something while it is open: once the backend has got it.
 *
 * @param witness a pod that the backend answers
 * @param during is given a way to ask whether the call has not ended yet
 */
async function whileOpen(
  caller: Client,
  witness: Client,
  key: string,
  url: string,
  during: (isOpen: () => boolean) => Promise<void>,
): Promise<OpenCall> {
  const note = String.raw`\n@call %{http_code} %{local_port} %{time_total} %{exitcode}\n`;
  const slow = `${url.replace(/\/$/, '')}${pathOf(key)}`;
  const curl = `curl --silent --show-error --max-time ${patienceSeconds} --write-out '${note}' '${slow}'`;
  const { stdout } = await caller.whileRunning(['sh', '-c', `echo begun; ${curl}`], async (printed) => {
    await witness.eventually(
      'the backend has got the call',
      ['curl', '--silent', '--max-time', '3', `${url}hits?key=${key}`],
      (asked) => hitsIn(asked.stdout) === 1,
    );
    await during(() => !printed().includes('@call '));
  });
  const [, status, port = '', seconds, curlExit] = /^@call (\d+) (\d+) ([\d.]+) (\d+)$/m.exec(stdout) ?? [];
  return { status: Number(status), port, seconds: Number(seconds), curlExit: Number(curlExit) };
}

/** True of a connection from one of these addresses and its port. */
function isOneOf({ from }: ZtunnelLine, addresses: readonly string[], ports: readonly string[]): boolean {
  return addresses.some((address, index) => from.address === `${address}:${ports[index]}`);
}

/** What ztunnel has logged of connections from an address. */
function fromAddress(log: string, address: string) {
  return readZtunnelLog(log).filter(({ from }) => from.address.startsWith(`${address}:`));
}
