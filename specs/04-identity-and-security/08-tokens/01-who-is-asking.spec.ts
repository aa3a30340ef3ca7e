import { createHash } from 'node:crypto';

import {
  answered,
  exercise,
  forbidden,
  linesOfCall,
  proxyLogCommand,
  TokenIssuer,
  unauthorised,
} from '../../../helpers/index.ts';

const namespace = 'm4-e8-tokens';
const issuerName = 'https://id.megabank.example';
const keyId = 'lesson';
const backend = 'http://backend/';
const proxyLog = proxyLogCommand('deployment/backend');
/** Every token that stood in an address, as the log of the proxy has it a second later, as one hash. */
const tokensInLog = `for look in 1 2 3 4 5 6 7 8 9 10; do
  tokens=$(kubectl --namespace ${namespace} logs deployment/backend --container istio-proxy --tail=-1 |
    sed -n 's/.*[?&]access_token=\\([^ &"]*\\).*/\\1/p' | sort -u)
  [ -n "$tokens" ] && break
  sleep 0.3
done
printf %s "$tokens" | sha256sum`;
/** Why each bad token is refused, in Envoy's words. */
const refusals = {
  rubbish: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  'of-another-key': 'Jwt verification fails',
  'of-another-issuer': 'Jwt issuer is not configured',
  // Its third part is empty, and so none for Envoy.
  unsigned: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  'algorithm-none': 'Jwt header [alg] is not supported',
  'ended-5-minutes-ago': 'Jwt is expired',
} as const;
const bad = Object.keys(refusals) as (keyof typeof refusals)[];
const sawToken = answered(200, 'backend saw a token');
const sawNone = answered(200, 'backend saw no token');

exercise(
  'RequestAuthentication checks tokens, AuthorizationPolicy demands them',
  {
    persona: 'Sarah Martinez',
    question:
      'The call comes from the right service. But on whose behalf? Our customers carry tokens. Does the mesh check them, and does it stop whoever has none?',
    proof:
      'All tokens are made in this run, by a key that nobody else has, and differ from the good one in one point each: another key, another issuer, no signature, a signature with the algorithm none, an end five minutes ago. Before the first resource every one of them is let through; after it each is refused with the reason in the answer, for two of them also looked up in the log of the proxy, while the good one goes on to work. That no token at all is still let through is seen in the same step. From there on the refusal is a 403 and comes from a rule, and callers differ in one claim or in one account only. The tokens themselves are in no command and in no output: they lie in files of the pods, and where one turned up in a log, hashes are compared. In the end all resources go, and rubbish is let through again.',
    takeaway:
      'Checking tokens refuses the bad ones and accepts none; a rule has to demand one, and to demand account and claim together.',
    needs: ['k8s', 'sidecar'],
    proves: [
      'm4.e8.a1',
      'm4.e8.a2',
      'm4.e8.a3',
      'm4.e8.a4',
      'm4.e8.a5',
      'm4.e8.a6',
      'm4.e8.a7',
      'm4.e8.a8',
      'm4.e8.a9',
    ],
    errata: ['E409'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#end-user-authentication',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('pod/attacker');

    const issuer = new TokenIssuer(keyId);
    const forger = new TokenIssuer(keyId);
    const [key = {}] = (JSON.parse(issuer.jwks) as { keys: readonly { x?: string; y?: string }[] }).keys;
    const keyOfRun = { X: key.x ?? '', Y: key.y ?? '' };
    // Whether a token has ended is decided by the clock of the pods.
    const now = async () => Number((await frontend.run('date', '+%s')).stdout);
    const started = await now();
    const admin = {
      iss: issuerName,
      sub: 'alice',
      iat: started,
      exp: started + 1_800,
      group: 'admin',
      org: { unit: 'branches' },
    };
    const { sub: _sub, ...nobody } = admin;
    const { exp: _exp, ...endless } = admin;
    const good = issuer.token(admin);
    const tokens = {
      rubbish: 'rubbish',
      good,
      staff: issuer.token({ ...admin, sub: 'bob', group: 'staff', org: { unit: 'cards' } }),
      'of-another-key': forger.token(admin),
      'of-another-issuer': issuer.token({ ...admin, iss: 'https://id.elsewhere.example' }),
      unsigned: issuer.unsigned(admin),
      'algorithm-none': `${issuer.unsigned(admin)}${good.split('.')[2]}`,
      'ended-5-minutes-ago': issuer.token({ ...admin, exp: started - 300 }),
      'without-end': issuer.token(endless),
      'without-subject': issuer.token(nobody),
    };
    type Name = keyof typeof tokens | 'ended-30-seconds-ago' | 'ended-75-seconds-ago';
    const headerFile = (name: Name) => `/tmp/${name}`;
    const write = async (client: typeof frontend, name: Name, token: string) =>
      client.writeFile(headerFile(name), `Authorization: Bearer ${token}\n`);
    const carrying = (name: Name, path = '', client = frontend) =>
      client.curl('-H', `@${headerFile(name)}`, `${backend}${path}`);
    const bare = frontend.curl(backend);
    /** Every rule is for the backend alone. */
    const elsewhere = async () => attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));

    /** One more call, with a mark; then the log of the proxy says why it was refused. */
    const proxySays = async (name: Name | undefined, status: number, details: string, path = '') => {
      const mark = `call=${name ?? 'without'}-${status}`;
      const header = name === undefined ? [] : ['-H', `@${headerFile(name)}`];
      await cluster.eventually(
        `the log of the proxy has the reason: ${details}`,
        proxyLog,
        (log) => linesOfCall(log, mark).some((line) => line.status === status && line.details === details),
        'kubectl',
        {
          tell: (log) => linesOfCall(log, mark).at(-1)?.text ?? '',
          beforeEachLook: () => frontend.newConnections(1, ...header, `${backend}${path}?${mark}`),
        },
      );
    };

    await lesson.step('Tokens are made, and laid into files of the pods', async () => {
      for (const [name, token] of Object.entries(tokens)) await write(frontend, name as Name, token);
      await write(attacker, 'rubbish', tokens.rubbish);
      await frontend.writeFile('/tmp/good-as-parameter', good);
    });

    await lesson.step('Before: nobody looks at tokens, the application gets whatever is sent', async () => {
      for (const name of [...bad, 'good'] as const) await carrying(name).settlesOn(sawToken);
      await bare.settlesOn(sawNone);
    });

    await lesson.step(
      'One resource names an issuer and its key: bad tokens are refused, a call without one is not',
      async () => {
        await cluster.change('20-check-tokens.yaml', keyOfRun);
        for (const name of bad) await carrying(name).settlesOn(unauthorised(refusals[name]));
        await proxySays('ended-5-minutes-ago', 401, 'jwt_authn_access_denied{Jwt_is_expired}');
        await proxySays('of-another-key', 401, 'jwt_authn_access_denied{Jwt_verification_fails}');
        await carrying('good').settlesOn(sawNone);
        await bare.settlesOn(sawNone);
        await attacker
          .curl('-H', `@${headerFile('rubbish')}`, 'http://frontend/')
          .settlesOn(answered(200, 'Welcome to nginx!'));
      },
    );

    await lesson.step('A minute of grace, and no end at all: both are good', async () => {
      await write(frontend, 'ended-30-seconds-ago', issuer.token({ ...admin, exp: (await now()) - 30 }));
      await carrying('ended-30-seconds-ago').settlesOn(sawNone);
      await carrying('without-end').settlesOn(sawNone);
      await write(frontend, 'ended-75-seconds-ago', issuer.token({ ...admin, exp: (await now()) - 75 }));
      await carrying('ended-75-seconds-ago').settlesOn(unauthorised(refusals['ended-5-minutes-ago']));
      await carrying('ended-5-minutes-ago').settlesOn(unauthorised(refusals['ended-5-minutes-ago']));
    });

    await lesson.step('A rule demands a token: with none, or without a subject, the answer is 403', async () => {
      await cluster.change('30-any-token.yaml');
      await bare.settlesOn(forbidden);
      await carrying('without-subject').settlesOn(forbidden);
      await proxySays('without-subject', 403, 'rbac_access_denied_matched_policy[none]');
      await carrying('good').settlesOn(sawNone);
      await carrying('rubbish').settlesOn(unauthorised(refusals.rubbish));
      await elsewhere();
    });

    await lesson.step('A rule demands a claim: same account, same path, another group', async () => {
      await carrying('staff').settlesOn(sawNone);
      await cluster.change('40-group.yaml');
      await carrying('staff').settlesOn(forbidden);
      await carrying('good').settlesOn(sawNone);
      await cluster.change('45-unit.yaml');
      await carrying('staff').settlesOn(sawNone);
      await carrying('good').settlesOn(forbidden);
      await elsewhere();
    });

    await lesson.step('The application sees no token, unless it is handed on', async () => {
      await carrying('staff').settlesOn(sawNone);
      await cluster.change('25-hand-on-tokens.yaml', keyOfRun);
      await carrying('staff').settlesOn(sawToken);
      await cluster.change('20-check-tokens.yaml', keyOfRun);
      await carrying('staff').settlesOn(sawNone);
    });

    await lesson.step('A token is not bound to its bearer: the attacker replays it', async () => {
      await cluster.change('40-group.yaml');
      await carrying('staff').settlesOn(forbidden);
      await attacker.curl(backend).settlesOn(forbidden);
      await write(attacker, 'good', good);
      await carrying('good', '', attacker).settlesOn(sawNone);
      await elsewhere();
    });

    await lesson.step('Account and claim in one rule stop it, in two rules they do not', async () => {
      await cluster.change('60-account-and-group.yaml');
      await carrying('good', '', attacker).settlesOn(forbidden);
      await elsewhere();
      await carrying('good').settlesOn(sawNone);
      await bare.settlesOn(forbidden);
      await carrying('staff').settlesOn(forbidden);
      await cluster.change('65-account-or-group.yaml');
      await carrying('good', '', attacker).settlesOn(sawNone);
      await bare.settlesOn(sawNone);
      await attacker.curl(backend).settlesOn(forbidden);
      await elsewhere();
    });

    await lesson.step(
      'Tokens are read before anything is denied: 401 is about the token, 403 about a rule',
      async () => {
        await carrying('good', 'admin').settlesOn(sawNone);
        await cluster.change('70-no-admin.yaml');
        await carrying('good', 'admin').settlesOn(forbidden);
        await proxySays(
          'good',
          403,
          `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-admin]-rule[0]]`,
          'admin',
        );
        await carrying('ended-5-minutes-ago', 'admin').settlesOn(unauthorised('Jwt is expired'));
        await carrying('good').settlesOn(sawNone);
        await attacker.curl('http://frontend/admin').settlesOn(answered(404));
      },
    );

    await lesson.step('By default a token may also stand in the address, and so in the log', async () => {
      await cluster.change('30-any-token.yaml');
      await bare.settlesOn(forbidden);
      const asParameter = frontend.curl('-G', '--data-urlencode', 'access_token@/tmp/good-as-parameter', backend);
      await asParameter.settlesOn(sawNone);
      await cluster.change('80-header-only.yaml', keyOfRun);
      await asParameter.settlesOn(forbidden);
      await carrying('good').settlesOn(sawNone);
      const { stdout } = await cluster.shell(tokensInLog);
      await lesson.check(
        'the log of the proxy has the token word for word: its hash is that of the token',
        { inTheLog: stdout.trim().split(' ')[0], ofTheToken: createHash('sha256').update(good).digest('hex') },
        ({ inTheLog, ofTheToken }) => inTheLog === ofTheToken,
      );
    });

    await lesson.step('And without all of it rubbish is let through again', async () => {
      await cluster.revert('70-no-admin.yaml');
      await cluster.revert('30-any-token.yaml');
      await cluster.revert('80-header-only.yaml');
      await carrying('rubbish').settlesOn(sawToken);
      await carrying('good', 'admin').settlesOn(sawToken);
    });
  },
);
