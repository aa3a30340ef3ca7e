import {
  answered,
  callOfApiServer,
  type Capture,
  cutOffFrom,
  exercise,
  forbidden,
  isEncrypted,
  linesOfCall,
  notAuthorised,
  type Outcome,
  proxyLogCommand,
  rbacCountersCommand,
  rbacCountersOf,
  rbacSince,
  readRbacCounters,
  resetByProxy,
  tcpPayloads,
} from '../../../helpers/index.ts';

const namespace = 'm4-e2-states';
const backend = `http://backend.${namespace}/`;
/** Sent in a header, so that it can be looked for on the wire. */
const account = { frontend: 'account-4711-of-the-frontend', attacker: 'account-4712-of-the-attacker' } as const;
const workloads = ['deployment/frontend', 'deployment/intern', 'deployment/backend'];
const pods = ['get', 'pods', '-o', 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}'];
const proxyLog = proxyLogCommand('deployment/backend');
const rbac = ['exec', 'deployment/backend', ...rbacCountersCommand];
const served = answered(200, '"pod":"backend-');
/** The four calls of every state, in the order of the table. */
const calls = ['frontend reads', 'frontend writes', 'intern reads', 'attacker reads'] as const;

exercise(
  'PeerAuthentication and AuthorizationPolicy close what injection leaves open',
  {
    persona: 'Sarah Martinez',
    question:
      'The CISO has five minutes and has seen many products. What does each step of the mesh stop, and what does it leave open?',
    proof:
      "The same four calls are made in four states, and nothing changes between two of them but what is said. Each refusal has a sign of its own. Encryption: tcpdump reads the attacker's account number off the wire in the same capture in which the frontend's cannot be found any more and its packets are TLS, so the method can see one. STRICT: the attacker has no HTTP answer at all, the log of the backend's proxy has the connection from its address, and the intern, who has a certificate, is served. The policy: intern and writing frontend get 403 in the proxy's own words, its counter grows by exactly those calls, and its log says that no rule allows them. While they are refused, attacker and intern reach the API server, so they are not broken. When policies and proxies are taken away, state 1 is back: all four calls are answered, and both numbers are read off the wire again.",
    takeaway:
      'A proxy encrypts, STRICT takes away the way around it, and only a policy keeps the stranger out: you need all three.',
    needs: ['k8s', 'sidecar', 'pcap'],
    proves: ['m4.e2.a1', 'm4.e2.a2', 'm4.e2.a3', 'm4.e2.a4', 'm4.e2.a5'],
    readMore: 'https://istio.io/latest/docs/concepts/security/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const began = performance.now();
    let last = began;
    const rows: string[][] = [];
    const frontend = cluster.client('deployment/frontend');
    const intern = cluster.client('deployment/intern');
    const attacker = cluster.client('pod/attacker', `${namespace}-legacy`);
    const read = frontend.curl('-H', `X-Account: ${account.frontend}`, backend);
    const write = frontend.curl('-X', 'POST', `${backend}?call=write`);
    const peek = intern.curl(`${backend}?call=intern`);
    const attack = attacker.curl('-H', `X-Account: ${account.attacker}`, backend);

    /** Makes the four calls, and adds a row to the table of states. */
    const state = async (
      name: string,
      [reads, writes, internReads, attackerReads]: readonly [Outcome, Outcome, Outcome, Outcome],
    ): Promise<void> => {
      const answers = [
        await read.settlesOn(reads),
        await write.settlesOn(writes),
        await peek.settlesOn(internReads),
        await attack.settlesOn(attackerReads),
      ];
      rows.push([name, ...answers.map(({ http }) => inCell(http.status))]);
    };
    /** Seconds since the last row, added to it. */
    const clock = () => {
      rows.at(-1)?.push(((performance.now() - last) / 1000).toFixed(1));
      last = performance.now();
    };
    const addressOf = async (...pod: readonly string[]) =>
      (await cluster.kubectl('get', 'pods', ...pod, '-o', 'jsonpath={..status.podIP}')).stdout;
    const onTheWire = async (traffic: () => Promise<void>) => {
      const address = await addressOf('--selector', 'app=frontend');
      return contents(
        await cluster.capture('deployment/backend', { filter: 'tcp port 80', print: 'hex' }, traffic),
        address,
      );
    };
    const isReadable = async (wire: ReturnType<typeof contents>) =>
      lesson.check(
        'both account numbers are read off the wire',
        wire,
        (seen) => seen.ofTheFrontend > 0 && seen.ofTheAttacker > 0 && seen.encryptedRecords === 0,
      );
    const restart = async () => {
      const old = (await cluster.kubectl(...pods)).stdout.trim().split('\n');
      await cluster.kubectl('rollout', 'restart', ...workloads);
      for (const workload of workloads) await cluster.kubectl('rollout', 'status', workload, '--timeout=80s');
      await cluster.eventually('three new pods are there, and no old one', pods, (text) => {
        const now = text.trim().split('\n');
        return now.length === 3 && now.every((name) => !old.includes(name));
      });
    };

    await lesson.step('State 1, no mesh: everybody is served, and account numbers are readable', async () => {
      await isReadable(await onTheWire(() => state('1: no mesh', [served, served, served, served])));
      clock();
    });

    await lesson.step('State 2, a proxy each: the frontend is encrypted, the attacker still served', async () => {
      await cluster.kubectl('label', 'namespace', namespace, 'istio-injection=enabled');
      await restart();
      await read.settlesOn(served);
      const wire = await onTheWire(() => state('2: proxies', [served, served, served, served]));
      await lesson.check(
        "what the frontend sends is TLS, in which its account number cannot be read; the attacker's can",
        wire,
        (seen) =>
          seen.ofTheFrontend === 0 &&
          seen.encryptedByTheFrontend > 0 &&
          seen.requestsInClearByTheFrontend === 0 &&
          seen.ofTheAttacker > 0,
      );
      clock();
    });

    const ofTheAttacker = await addressOf('attacker', '--namespace', `${namespace}-legacy`);
    const cutOff = (log: string) => cutOffFrom(log, ofTheAttacker).length;

    await lesson.step('State 3, STRICT: without a certificate there is no answer, the intern has one', async () => {
      const earlier = cutOff((await cluster.kubectl(...proxyLog)).stdout);
      await cluster.change('20-strict-mtls.yaml');
      await attack.settlesOn(resetByProxy);
      await state('3: STRICT', [served, served, served, resetByProxy]);
      await cluster.eventually(
        "the log of the backend's proxy has connections from the attacker's address that fit nothing it takes",
        proxyLog,
        (log) => cutOff(log) > earlier,
      );
      await attacker.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
      clock();
    });

    await lesson.step('State 4, a policy: the frontend reads, and nobody does anything else', async () => {
      await cluster.change('30-frontend-reads.yaml');
      await peek.settlesOn(forbidden);
      await state('4: a policy', [served, forbidden, forbidden, resetByProxy]);
      const before = await rbacCountersOf(cluster, 'deployment/backend');
      await intern.newConnections(3, `${backend}?call=counted`);
      await frontend.newConnections(2, '-X', 'POST', `${backend}?call=counted`);
      await frontend.newConnections(1, `${backend}?call=let-through`);
      await cluster.eventually(
        "the backend's proxy has counted five refusals for these, and one call that it let through",
        rbac,
        (text) => {
          const since = rbacSince(before, readRbacCounters(text));
          return since.denied === 5 && since.allowed === 1;
        },
      );
      await cluster.eventually('its log says of each of the five that no rule allows it', proxyLog, (log) => {
        const lines = linesOfCall(log, 'call=counted');
        return (
          lines.length === 5 &&
          lines.every(({ status, details }) => status === 403 && details === 'rbac_access_denied_matched_policy[none]')
        );
      });
      await intern.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
      clock();
    });

    await lesson.step('And back: without policies and proxies it is state 1 again', async () => {
      await cluster.revert('30-frontend-reads.yaml');
      await cluster.revert('20-strict-mtls.yaml');
      await cluster.kubectl('label', 'namespace', namespace, 'istio-injection-');
      await restart();
      await isReadable(await onTheWire(() => state('1 again', [served, served, served, served])));
      clock();
      lesson.table('Four states, four calls', ['state', ...calls, 'seconds'], rows);
      lesson.table(
        'What the last state does not protect, each shown by an exercise of its own',
        ['gap', 'shown by'],
        [
          ['a stolen key, until its certificate ends', 'm4.e1.a7'],
          ['a pod that goes around its own proxy on the way out', 'm4.e9.a4'],
          ['a session that was open before a rule came', 'm4.e10.a11'],
        ],
      );
      await lesson.measure('m4.e2.a5', 'all four states and back', (performance.now() - began) / 1000, 'seconds');
    });
  },
);

/** What a call came to, for the table. */
function inCell(status: number): string {
  if (status === 0) return '✕ no HTTP answer';
  return status === 200 ? '✓ 200' : `✕ ${status}`;
}

/** What can be told from captured packets. */
function contents({ text }: Capture, frontend: string) {
  const payloads = tcpPayloads(text);
  const byTheFrontend = tcpPayloads(text, frontend);
  const holding = (word: string) => payloads.filter((payload) => payload.includes(word)).length;
  return {
    ofTheFrontend: holding(account.frontend),
    ofTheAttacker: holding(account.attacker),
    encryptedRecords: payloads.filter(isEncrypted).length,
    encryptedByTheFrontend: byTheFrontend.filter(isEncrypted).length,
    requestsInClearByTheFrontend: byTheFrontend.filter((payload) => payload.includes(' HTTP/1.1\r\n')).length,
  };
}
