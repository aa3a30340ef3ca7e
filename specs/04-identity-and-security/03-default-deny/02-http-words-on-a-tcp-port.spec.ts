import {
  answered,
  exercise,
  forbidden,
  linesOfCall,
  openTcp,
  pgCommand,
  proxyLogCommand,
  rbacCountersOf,
  rbacSince,
  readProxyLog,
  refusedTcp,
} from '../../../helpers/index.ts';

const namespace = 'm4-e3-words';
const folder = 'fixtures/04-identity-and-security/03-default-deny/02-http-words-on-a-tcp-port';
const backendUrl = `http://backend.${namespace}/`;
const tryOut = (file: string) => ['apply', '--dry-run=server', '-f', `${folder}/${file}`];
const warning = 'traffic to TCP ports under its scope';
const noPolicyMatched = 'rbac_access_denied_matched_policy[none]';
const noPost = `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-post]-rule[0]]`;
const logOf = (workload: string) => proxyLogCommand(`deployment/${workload}`);
/** True if the policy against POST asks for the port as well, wherever a proxy has it. */
const namesThePort = (listeners: string) => {
  const policies = [...listeners.matchAll(/-policy\[no-post\]-rule\[0\]"[^]*?"principals"/g)];
  return policies.length > 0 && policies.every(([policy]) => /"destinationPort":\s*80\b/.test(policy));
};
const mailLog = ['logs', 'deployment/database', '--container', 'mail'];
/** Says nothing for two seconds, and hangs up. */
const listens = ['sh', '-c', '(sleep 2) | busybox nc -w 1 database 2525'];
/** Says one word after a second, and waits another for the echo. */
const says = (word: string) => ['sh', '-c', `(sleep 1; echo ${word}; sleep 1) | busybox nc -w 1 database 2525`];

exercise(
  'AuthorizationPolicy with HTTP fields shuts a database',
  {
    persona: 'Sarah Martinez',
    question:
      'One team wrote "deny POST" for its namespace, and the database was gone. What do HTTP words mean to TCP?',
    proof:
      "The same question goes to the same database under seven manifests, from the backend and from an attacker; an answer of one byte or a refusal that the database's proxy counts are the only ends that are taken. A rule with a method shuts the database to the very account that it names, and the rule with a port in its place opens it, so it was the word. A second operation in the same rule is enough to lose the rule, in a rule of its own it harms nobody. Under the denial of POST the web server works as meant, and the database is shut to everybody, by that policy's name in the log; with a port beside the method it is open again. The server that speaks first shows what a refusal of TCP is worth: its log has the refused caller's connection, and no word of it.",
    takeaway:
      'A method or a path in an ALLOW rule closes a TCP port, in a DENY rule it denies every connection: name the port in each rule, and expect a refused caller to hear the greeting.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e3.a3', 'm4.e3.a4', 'm4.e3.a5', 'm4.e3.a6', 'm4.e3.a7', 'm4.e3.a8'],
    errata: ['E401', 'E414'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = cluster.client('deployment/backend');
    const attacker = cluster.client('pod/attacker');
    const read = attacker.curl(backendUrl);
    const write = attacker.curl('-X', 'POST', backendUrl);
    const podIp = async (...pod: readonly string[]) =>
      (await cluster.kubectl('get', 'pod', ...pod, '-o', 'jsonpath={..podIP}')).stdout.trim();
    const addressOf = { backend: await podIp('--selector', 'app=backend'), attacker: await podIp('attacker') };
    /** Ends of connections to PostgreSQL by one caller, as the database's proxy has them in its log; `-` where no rule ended one. */
    const endsOf = (caller: 'backend' | 'attacker', log: string) =>
      readProxyLog(log)
        .filter(({ from, text }) => from.startsWith(`${addressOf[caller]}:`) && text.includes(`:5432 ${from} `))
        .map(({ termination }) => termination);
    const counters = async () => rbacCountersOf(cluster, 'deployment/database');
    const databaseIs = async (forBackend: typeof openTcp, forAttacker: typeof openTcp) => {
      await backend.pg('database').settlesOn(forBackend);
      await attacker.pg('database').settlesOn(forAttacker);
    };

    await lesson.step('Before: web server, database and mail server answer both of them', async () => {
      await read.settlesOn(answered(200, '"pod":"backend-'));
      await write.settlesOn(answered(200, '"method":"POST"'));
      await databaseIs(openTcp, openTcp);
      for (const caller of [backend, attacker]) {
        await caller.eventually(
          'the mail server greets, and repeats what it is told',
          says('before'),
          ({ stdout }) => stdout === '220 ready\nbefore\n',
        );
      }
    });

    await lesson.step('A rule for the database: the backend may, and the method is GET', async () => {
      await cluster.change('20-a-method-for-the-database.yaml');
    });

    await lesson.step('After: the database is shut to the backend too, for the rule is dropped', async () => {
      await databaseIs(refusedTcp, refusedTcp);
      await cluster.eventually(
        "the log of the database's proxy says of the backend's connections that no policy allowed them",
        logOf('database'),
        (log) => endsOf('backend', log).includes(noPolicyMatched),
      );
      await read.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('The port in place of the method opens it, for the backend alone', async () => {
      await cluster.change('30-a-port-for-the-database.yaml');
      await databaseIs(openTcp, refusedTcp);
      await read.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('And each connection is counted, and leaves a line that says how it ended', async () => {
      const before = await counters();
      const logged = (log: string) => ({
        backend: endsOf('backend', log).length,
        attacker: endsOf('attacker', log).length,
      });
      // A line is written up to a second after its connection has ended.
      let lines = -1;
      const atRest = (log: string) => {
        const { backend: ofBackend, attacker: ofAttacker } = logged(log);
        const same = ofBackend + ofAttacker === lines;
        lines = ofBackend + ofAttacker;
        return same;
      };
      const known = logged(
        await cluster.eventually('nothing more is written to the log', logOf('database'), atRest, 'kubectl', {
          staysMs: 1_500,
          tell: (log) => JSON.stringify(logged(log)),
        }),
      );
      await attacker.run(...pgCommand('database'));
      await attacker.run(...pgCommand('database'));
      await backend.run(...pgCommand('database'));
      const { tcpAllowed, tcpDenied } = rbacSince(before, await counters());
      await lesson.check(
        'two connections of the attacker are counted as denied, one of the backend as allowed',
        { tcpAllowed, tcpDenied },
        (decided) => decided.tcpAllowed === 1 && decided.tcpDenied === 2,
      );
      await cluster.eventually(
        'the log has two lines more of the attacker, each ended because no policy allowed it, and one of the backend, ended by nobody',
        logOf('database'),
        (log) => {
          const more = {
            backend: endsOf('backend', log).slice(known.backend),
            attacker: endsOf('attacker', log).slice(known.attacker),
          };
          return (
            more.attacker.length === 2 &&
            more.attacker.every((end) => end === noPolicyMatched) &&
            more.backend.join() === '-'
          );
        },
      );
    });

    await lesson.step('Port and method as two operations of one rule: the whole rule is dropped', async () => {
      await cluster.change('40-both-in-one-rule.yaml');
      await databaseIs(refusedTcp, refusedTcp);
      await read.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('The same two operations in two rules: only the second is dropped', async () => {
      await cluster.change('50-in-two-rules.yaml');
      await databaseIs(openTcp, refusedTcp);
      await read.settlesOn(answered(200, '"pod":"backend-'));
      await cluster.revert('50-in-two-rules.yaml');
      await databaseIs(openTcp, openTcp);
    });

    await lesson.step('The other way round: the namespace denies POST, and is warned', async () => {
      const { stderr, exitCode } = await cluster.attempt('kubectl', ...tryOut('60-no-post.yaml'));
      await lesson.check(
        'the policy is taken, with a warning that it shuts TCP ports to everybody',
        `exit code ${exitCode}: ${stderr}`,
        (said) => said.startsWith('exit code 0') && said.includes(warning),
      );
      await cluster.change('60-no-post.yaml');
    });

    await lesson.step('After: POST is refused, GET is answered, the database is shut to everybody', async () => {
      await attacker.curl('-X', 'POST', `${backendUrl}?call=post`).settlesOn(forbidden);
      await read.settlesOn(answered(200, '"pod":"backend-'));
      await databaseIs(refusedTcp, refusedTcp);
      await cluster.eventually('the log of the web server names that policy for the POST', logOf('backend'), (log) =>
        linesOfCall(log, 'call=post').some(({ details }) => details === noPost),
      );
      await cluster.eventually(
        'the log of the database names the same policy for connections that are no POST',
        logOf('database'),
        (log) => endsOf('backend', log).includes(noPost) && endsOf('attacker', log).includes(noPost),
      );
    });

    await lesson.step('With a port beside the method it denies POST alone, and nobody is warned', async () => {
      const { stderr, exitCode } = await cluster.attempt('kubectl', ...tryOut('70-no-post-on-port-80.yaml'));
      await lesson.check(
        'it is taken without a word',
        `exit code ${exitCode}${stderr}`,
        (said) => said === 'exit code 0',
      );
      await cluster.change('70-no-post-on-port-80.yaml');
      await databaseIs(openTcp, openTcp);
      await cluster.eventually(
        "the web server's proxy has the rule with its port, so what it refuses now is refused by that",
        ['proxy-config', 'listeners', `deployment/backend.${namespace}`, '--port', '15006', '--output', 'json'],
        namesThePort,
        'istioctl',
        { tell: (json) => /-policy\[no-post\]-rule\[0\]"[^]*?"principals"/.exec(json)?.[0] ?? '' },
      );
      await write.settlesOn(forbidden);
      await read.settlesOn(answered(200, '"pod":"backend-'));
      await cluster.revert('70-no-post-on-port-80.yaml');
      await write.settlesOn(answered(200, '"method":"POST"'));
    });

    await lesson.step('A rule lets the backend alone to database and mail server', async () => {
      await cluster.change('80-both-ports-for-the-backend.yaml');
      await databaseIs(openTcp, refusedTcp);
      await read.settlesOn(answered(200, '"pod":"backend-'));
      await backend.eventually(
        'the backend hears the greeting and the echo',
        says('allowed'),
        ({ stdout }) => stdout === '220 ready\nallowed\n',
      );
    });

    await lesson.step('After: the refused attacker hears the greeting, and is cut off at a word', async () => {
      const { stdout: greeting } = await attacker.run(...listens);
      await lesson.check(
        'it has sent nothing yet, and the greeting is there',
        greeting,
        (heard) => heard === '220 ready\n',
      );
      await lesson.measure('m4.e3.a7', 'what a refused caller hears of the server', greeting.length, 'bytes');
      const known = (await cluster.kubectl(...mailLog)).stdout.length;
      const before = await counters();
      const { stdout: heard } = await attacker.run(...says('refused'));
      const { tcpDenied } = rbacSince(before, await counters());
      await lesson.check(
        'it says one word, there is no echo, and the proxy counts one refusal',
        { heard, tcpDenied },
        (seen) => seen.heard === '220 ready\n' && seen.tcpDenied === 1,
      );
      await cluster.eventually(
        'the log of the mail server has one caller more, greeted and gone, and not a word of it',
        mailLog,
        (log) => /^call (\d+) greeted\ncall \1 closed\n$/.test(log.slice(known)) && log.includes('heard allowed'),
        'kubectl',
        { tell: (log) => log.slice(known) },
      );
    });

    await lesson.step('And without the rule the attacker is heard again', async () => {
      await cluster.revert('80-both-ports-for-the-backend.yaml');
      await databaseIs(openTcp, openTcp);
      await attacker.eventually(
        'the mail server repeats what the attacker says',
        says('again'),
        ({ stdout }) => stdout === '220 ready\nagain\n',
      );
    });
  },
);
