import {
  answered,
  exercise,
  failsWith,
  forbidden,
  linesOfCall,
  proxyLogCommand,
  rbacCountersOf,
  rbacSince,
  readProxyLog,
  tally,
  unauthorised,
  untilNextSecond,
} from '../../../helpers/index.ts';

const namespace = 'm4-e4-order';
const folder = 'fixtures/04-identity-and-security/04-evaluation-order/01-custom-deny-allow';
const url = `http://backend.${namespace}`;
const proxyLog = proxyLogCommand('deployment/backend');
const denied = (by: string) => `rbac_access_denied_matched_policy[${by}]`;
const byPolicy = (name: string) => denied(`ns[${namespace}]-policy[${name}]-rule[0]`);
const noneMatched = denied('none');
const byUnknownProvider = denied(
  `istio-ext-authz-nobody-ns[${namespace}]-policy[ask]-rule[0]-deny-due-to-bad-CUSTOM-action`,
);
const answeredByServer = 'via_upstream';
const [allow, deny, custom] = ['20-allow-frontend.yaml', '30-no-admin.yaml', '40-ask.yaml'] as const;
const orders = [
  [allow, deny, custom],
  [allow, custom, deny],
  [deny, allow, custom],
  [deny, custom, allow],
  [custom, allow, deny],
  [custom, deny, allow],
] as const;
const nameOf = { [allow]: 'frontend-may', [deny]: 'no-admin', [custom]: 'ask' } as const;
const ages = ['get', 'authorizationpolicies', '--sort-by=.metadata.creationTimestamp', '-o'];
/** True if the list has these policies in this order, no two of them from the same second. */
const areOlderToYounger = (list: string, names: readonly string[]) => {
  const lines = list
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const seconds = new Set(lines.map(([created]) => created));
  return lines.map(([, name]) => name).join() === names.join() && seconds.size === names.length;
};
/** The five calls of the table, and what decides each of them while all three policies are in force. */
const underAllThree = {
  root: answeredByServer,
  admin: byUnknownProvider,
  users: byPolicy('no-admin'),
  audit: byUnknownProvider,
  stranger: noneMatched,
};

exercise(
  'AuthorizationPolicy is decided by action, not by order or age',
  {
    persona: 'Sarah Martinez',
    question: 'Two teams wrote rules for the same service. Which of them wins, and how do I see who refused a call?',
    proof:
      'The log of the called proxy names what decided each call, so two refusals with the same status are told apart: by a rule, by the lack of a rule, by a provider that nobody has defined, or by the application itself. Three policies are applied in all six orders, so each of them is once the oldest and once the newest, and each time the same five calls end for the same reasons; between the rounds, without policies, all five are answered. A path that ALLOW and DENY fit is refused by DENY. A path that two policies forbid is refused by the CUSTOM one, and so is a call with a bad token, which is refused for its token everywhere else: that shows which is asked first. The list that is empty stands beside a method that is not listed and is refused, so the policy is in force while it lets the attacker in.',
    takeaway:
      'CUSTOM first, then DENY, then ALLOW, and without any ALLOW all that is left: guard rails have to be DENY, and an empty list of callers means everybody.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e4.a1', 'm4.e4.a2', 'm4.e4.a3', 'm4.e4.a4', 'm4.e4.a5', 'm4.e4.a6', 'm4.e4.a7', 'm4.e4.a8'],
    errata: ['E415'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#implicit-enablement',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('pod/attacker');
    const root = frontend.curl(`${url}/`);
    const admin = frontend.curl(`${url}/admin`);
    const users = frontend.curl(`${url}/admin/users`);
    const audit = frontend.curl(`${url}/audit`);
    const withBadToken = (path: string) => frontend.curl('-H', 'Authorization: Bearer rubbish', `${url}${path}`);
    const stranger = attacker.curl(`${url}/`);
    const served = answered(200, '"pod":"backend-');
    const badToken = unauthorised('Jwt is not in the form');
    const allServed = async () => {
      for (const call of [root, admin, users, audit, stranger]) await call.settlesOn(served, { inARow: 2 });
    };
    /** Makes the five calls until the proxy's log has this reason for each of them. */
    const decidedBy = async (says: string, mark: string, reasons: Readonly<Record<string, string>>) =>
      cluster.eventually(
        says,
        proxyLog,
        (log) =>
          Object.entries(reasons).every(
            ([call, reason]) => linesOfCall(log, `call=${mark}-${call}`).at(-1)?.details === reason,
          ),
        'kubectl',
        {
          beforeEachLook: async () => {
            const marked = (path: string, call: string) => `${url}${path}?call=${mark}-${call}`;
            const own = [
              marked('/', 'root'),
              marked('/admin', 'admin'),
              marked('/admin/users', 'users'),
              marked('/audit', 'audit'),
            ];
            await frontend.run('curl', '--silent', ...own);
            await attacker.run('curl', '--silent', marked('/', 'stranger'));
          },
          tell: (log) =>
            Object.keys(reasons)
              .map((call) => linesOfCall(log, `call=${mark}-${call}`).at(-1)?.text ?? '')
              .join('\n'),
        },
      );
    const oneCallAdds = async (times: number, policies: string) => {
      const before = await rbacCountersOf(cluster, 'deployment/backend');
      await frontend.newConnections(1, `${url}/`);
      const { allowed } = rbacSince(before, await rbacCountersOf(cluster, 'deployment/backend'));
      await lesson.check(
        `under ${policies} one call that is answered adds ${times} to rbac.allowed`,
        allowed,
        (added) => added === times,
      );
    };

    await lesson.step(
      "Before: all five calls are answered, and a 403 of the server's own is told as such",
      async () => {
        await allServed();
        await frontend.curl(`${url}/?status=403&call=own`).settlesOn(failsWith(403, '"pod":"backend-'), { inARow: 1 });
        await cluster.eventually('the log says that this 403 came from the server', proxyLog, (log) =>
          linesOfCall(log, 'call=own').some(({ status, details }) => status === 403 && details === answeredByServer),
        );
      },
    );

    await lesson.step('The first team lists the account of the frontend', async () => {
      await cluster.change(allow);
      await stranger.settlesOn(forbidden);
      for (const call of [root, admin, users, audit]) await call.settlesOn(served, { inARow: 2 });
      await oneCallAdds(1, 'ALLOW alone');
    });

    await lesson.step('The second team denies a path, to everybody', async () => {
      await cluster.change(deny);
      await admin.settlesOn(forbidden);
      await root.settlesOn(served);
      await decidedBy('two causes of the same 403 are told apart: the rule for the path, and no rule at all', 'two', {
        root: answeredByServer,
        admin: byPolicy('no-admin'),
        users: byPolicy('no-admin'),
        audit: answeredByServer,
        stranger: noneMatched,
      });
      await oneCallAdds(2, 'ALLOW and DENY');
    });

    await lesson.step('A third policy names a provider that nobody has defined, and decides first', async () => {
      await cluster.change(custom);
      await audit.settlesOn(forbidden);
      await decidedBy('the path that two policies forbid is refused by the CUSTOM one', 'three', underAllThree);
    });

    await lesson.step('And it comes before tokens are looked at as well', async () => {
      await cluster.change('45-check-tokens.yaml');
      await withBadToken('/').settlesOn(badToken);
      await withBadToken('/audit?call=bad-token').settlesOn(forbidden);
      await cluster.eventually('the log names the CUSTOM policy for the call with the bad token', proxyLog, (log) =>
        linesOfCall(log, 'call=bad-token').some(({ details }) => details === byUnknownProvider),
      );
      await cluster.revert(custom);
      await withBadToken('/audit').settlesOn(badToken);
      await audit.settlesOn(served);
      await cluster.revert('45-check-tokens.yaml');
      await withBadToken('/audit').settlesOn(served);
    });

    await lesson.step('A policy for auditing refuses nothing, and counts as well', async () => {
      await cluster.change('50-audit.yaml');
      await cluster.eventually(
        'the proxy has it, among those that log',
        ['x', 'authz', 'check', 'deployment/backend', '--namespace', namespace],
        (listed) => /^LOG\s+audit\.m4-e4-order\s+1$/m.test(listed),
        'istioctl',
      );
      await root.settlesOn(served);
      await oneCallAdds(3, 'AUDIT, DENY and ALLOW');
      for (const file of ['50-audit.yaml', deny, allow]) await cluster.revert(file);
      await allServed();
    });

    await lesson.step('The three policies in all six orders: the same five calls, the same reasons', async () => {
      for (const [index, order] of orders.entries()) {
        for (const [place, file] of order.entries()) {
          if (place > 0) await untilNextSecond(frontend);
          await cluster.change(file);
        }
        await cluster.eventually(
          'each is younger than the one before it',
          [...ages, 'jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name}{"\\n"}{end}'],
          (list) =>
            areOlderToYounger(
              list,
              order.map((file) => nameOf[file]),
            ),
        );
        await decidedBy(`applied as ${order.join(', ')}, they decide as before`, `order-${index + 1}`, underAllThree);
        for (const file of order) await cluster.revert(file);
        await allServed();
      }
      lesson.table(
        'What decides, whatever the order',
        ['call', 'decided by'],
        [
          ['frontend, GET /', 'ALLOW: it is listed'],
          ['frontend, GET /admin', 'CUSTOM, before DENY is asked'],
          ['frontend, GET /admin/users', 'DENY, although ALLOW lists the caller'],
          ['frontend, GET /audit', 'CUSTOM: its provider is unknown'],
          ['attacker, GET /', 'no ALLOW fits'],
        ],
      );
    });

    await lesson.step('A policy that lists nothing shuts; one beside it that lists everything opens', async () => {
      await cluster.change('60-allow-nothing.yaml');
      for (const call of [root, stranger]) await call.settlesOn(forbidden);
      await cluster.change('70-allow-everything.yaml');
      for (const call of [root, stranger]) await call.settlesOn(served);
    });

    await lesson.step('And a DENY for everything wins over it', async () => {
      await cluster.change('80-deny-everything.yaml');
      for (const call of [root, stranger]) await call.settlesOn(forbidden);
      await decidedBy('the log names it for all five', 'deny', {
        root: byPolicy('deny-everything'),
        admin: byPolicy('deny-everything'),
        users: byPolicy('deny-everything'),
        audit: byPolicy('deny-everything'),
        stranger: byPolicy('deny-everything'),
      });
      const refused = await frontend.newConnections(5, `${url}/?call=counted`);
      await lesson.check(
        'five more calls are refused',
        refused.map(({ status }) => status),
        (statuses) => statuses.length === 5 && statuses.every((status) => status === 403),
      );
      await cluster.eventually('the log has five lines of them, each with the policy', proxyLog, (log) => {
        const lines = linesOfCall(log, 'call=counted');
        return lines.length === 5 && lines.every(({ details }) => details === byPolicy('deny-everything'));
      });
      for (const file of ['80-deny-everything.yaml', '70-allow-everything.yaml', '60-allow-nothing.yaml'])
        await cluster.revert(file);
      await allServed();
    });

    await lesson.step('An empty list of callers is accepted, and means everybody', async () => {
      await cluster.change('90-from-nobody.yaml');
      await attacker.curl('-X', 'POST', `${url}/`).settlesOn(forbidden);
      await stranger.settlesOn(served);
    });

    await lesson.step('And mistakes that are refused at once: no caller, a DENY of nothing, a typo', async () => {
      for (const [file, words] of [
        ['empty-source.yaml', '`from.source` must not be empty'],
        ['deny-without-rules.yaml', 'DENY action without `rules` is meaningless'],
        ['deny-in-small-letters.yaml', 'Unsupported value: "deny"'],
      ] as const) {
        for (const trial of [[], ['--dry-run=server']]) {
          const { stderr, exitCode } = await cluster.attempt('kubectl', 'apply', ...trial, '-f', `${folder}/${file}`);
          await lesson.check(
            `${file} is refused${trial.length === 0 ? '' : ', and a trial says so too'}`,
            `exit code ${exitCode}: ${stderr}`,
            (said) => !said.startsWith('exit code 0') && said.includes(words),
          );
        }
      }
      await cluster.revert('90-from-nobody.yaml');
      await attacker.curl('-X', 'POST', `${url}/`).settlesOn(answered(200, '"method":"POST"'));
    });

    await lesson.step('And every 403 that the log has stands there with its reason', async () => {
      const { stdout } = await cluster.kubectl(...proxyLog);
      const refusals = readProxyLog(stdout).filter(({ status }) => status === 403);
      const reasons = tally(refusals, ({ details }) => details);
      lesson.table(
        'Every 403 of this exercise, by its reason',
        ['reason in the log', 'calls'],
        [...reasons].map(([reason, times]) => [reason, `${times}`]),
      );
      await lesson.check(
        "each is a policy's, by name, or says that none fitted; one is the server's own",
        refusals.map(({ path, details }) => `${path} ${details}`),
        (lines) =>
          lines.length > 0 &&
          lines.every(
            (line) =>
              line.endsWith('-rule[0]]') ||
              line.endsWith('-bad-CUSTOM-action]') ||
              line.endsWith(noneMatched) ||
              line === `/?status=403&call=own ${answeredByServer}`,
          ) &&
          lines.filter((line) => line.endsWith(answeredByServer)).length === 1,
      );
    });
  },
);
