import {
  type Client,
  chanceOfOnlyOne,
  chanceOutside,
  exercise,
  failures,
  linesOfCall,
  minorOfMesh,
  onceIn,
  proxyLogCommand,
  type Reply,
  tally,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm5-e7-portable';
const backend = `http://backend.${namespace}/`;
const canary = ['-H', 'canary: true'];
const httpRoutes = 'httproutes.gateway.networking.k8s.io';
const virtualService = 'virtualservices.networking.istio.io/backend';
/** The generation of the object, and of which generation each condition speaks: `2 Accepted=True@2 ResolvedRefs=True@2`. */
const conditions =
  'jsonpath={.metadata.generation}{range .status.parents[*].conditions[*]} {.type}={.status}@{.observedGeneration}{end}';
/** How long a verdict on a rule is watched; istiod writes it once for each generation. */
const staysMs = 1_000;
const ages = 'jsonpath={range .items[*]}{.kind} {.metadata.creationTimestamp}{"\\n"}{end}';
/** What is taken for a tenth of so many calls. */
const tenth = { of: 1000, least: 60, most: 140 };
const tenthOfFewer = { of: 300, least: 8, most: 60 };
const byHttpRoute = 'v2, x-by: httproute';
const byVirtualService = 'v1, x-by: virtualservice';

exercise(
  'HTTPRoute lets the most specific rule win, and a VirtualService beside it wins for some callers only',
  {
    persona: 'Marcus Chen',
    question: 'If we leave Istio one day, what of our rules for releases do we keep?',
    proof: `Two callers, one in the namespace of the service and one in another, make the same calls throughout. Each answer names its version, and with the header also the kind of rule that led to it. Without a rule they meet both versions, header or not. An HTTPRoute is applied whose first rule is for all calls: version 2 gets ${tenth.least} to ${tenth.most} of ${tenth.of} calls, and all calls with the header, although that rule stands second. A second HTTPRoute adds a path, and the first one goes on to hold. Then a VirtualService of Istio's own kind is put beside it. A second name in it shows that both proxies have it, and a second rule beside the HTTPRoute that they have that one; and who follows it for the service depends on the caller and on the age of the two, while the status of the HTTPRoute, of its newest generation, and the analysis say nothing. In the end a rule leads nowhere, and a route gives every version the weight 0: the log of the caller's proxy says that it answered such calls itself, and the servers have had none of them.`,
    takeaway:
      'Weights and header rules work in the portable API too; there the most specific rule wins. Do not keep both kinds of rules for one service: the caller decides which one holds.',
    needs: ['k8s', 'gwapi'],
    proves: ['m5.e7.a1', 'm5.e7.a2', 'm5.e7.a3', 'm5.e7.a4', 'm5.e7.a5'],
    errata: ['E146', 'E508'],
    readMore: 'https://gateway-api.sigs.k8s.io/mesh/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const callers = {
      frontend: cluster.client('deployment/frontend'),
      visitor: cluster.client('deployment/visitor', 'm5-e7-visitor'),
    };
    const both = Object.entries(callers);
    const versions = async (client: Client, times: number, ...args: readonly string[]) => {
      const seen = tally(await client.oneConnection(times, ...args), versionOf);
      return { v1: seen.get('v1') ?? 0, v2: seen.get('v2') ?? 0 };
    };
    /** Waits until calls with the header go one way, and then makes twenty more. */
    const headerLeadsTo = async (client: Client, caller: string, led: string) => {
      const url = [...canary, backend];
      await client.burstShows(`the header leads the ${caller} to ${led}`, url, (replies) => allAre(replies, led));
      await lesson.check(
        `and so it does in 20 calls of 20: ${led}`,
        Object.fromEntries(tally(await client.oneConnection(20, ...url), ledBy)),
        (seen) => seen[led] === 20,
      );
    };
    const getsATenth = async (client: Client, caller: string, { of, least, most } = tenth) =>
      lesson.check(
        `of ${of} calls of the ${caller} version 2 got ${least} to ${most} and version 1 the others (a tenth misses that by chance ${onceIn(chanceOutside(of, 0.1, least, most))})`,
        await versions(client, of, backend),
        ({ v1, v2 }) => v1 + v2 === of && v2 >= least && v2 <= most,
      );
    const isAccepted = async (name = 'backend') =>
      cluster.eventually(
        `the status of the HTTPRoute ${name} says Accepted and ResolvedRefs, of its newest generation`,
        ['get', `${httpRoutes}/${name}`, '-o', conditions],
        (status) => {
          const [generation, ...said] = status.trim().split(' ');
          const isTrue = (type: string) => said.includes(`${type}=True@${generation}`);
          return (
            isTrue('Accepted') &&
            isTrue('ResolvedRefs') &&
            said.every((each) => each.endsWith(`@${generation}`)) &&
            !/=False/.test(status)
          );
        },
        'kubectl',
        { staysMs },
      );
    /** Waits until a caller's proxy has the second rule of `20-canary.yaml`, or has it no more. */
    const marked = async (client: Client, caller: string, isThere: boolean) =>
      client.burstShows(
        `the proxy of the ${caller} has ${isThere ? 'what was applied: the mark of version 1 is there' : 'lost the mark of version 1'}`,
        [`http://backend-v1.${namespace}/`],
        (replies) =>
          replies.every(({ status, headers }) => status === 200 && (headers['x-mark'] === 'there') === isThere),
      );
    /** Which of the two was made first, in whole seconds: istiod counts no others. */
    const olderIs = async (kind: string) => {
      const { stdout } = await cluster.kubectl('get', `${httpRoutes}/backend`, virtualService, '-o', ages);
      const [first, second] = stdout
        .trim()
        .split('\n')
        .map((line) => ({ kind: line.split(' ')[0] ?? '', made: Date.parse(line.split(' ')[1] ?? '') }))
        .toSorted((a, b) => a.made - b.made);
      await lesson.check(`the ${kind} is the older one`, { first, second }, (seen) => {
        if (seen.first === undefined || seen.second === undefined) return false;
        return seen.first.kind === kind && seen.first.made < seen.second.made;
      });
    };

    /** Calls end in the proxy of the caller: with this status, with a line in its log, and without a call of a server. */
    const answersItself = async (path: string, status: number) => {
      const url = `${backend}${path}`;
      const refused = (reply: Reply) => reply.status === status && reply.body.trim() === '';
      for (const [caller, client] of both)
        await client.burstShows(`calls of the ${caller} to /${path} get HTTP ${status} and no body`, [url], (replies) =>
          replies.every(refused),
        );
      const key = `of-nobody-${path}`;
      const replies = await callers.frontend.oneConnection(20, `${url}?key=${key}`);
      await cluster.eventually(
        "the log of the frontend's proxy has 20 such calls, and says that it answered them itself: direct_response",
        proxyLogCommand('deployment/frontend'),
        (log) => linesOfCall(log, `key=${key}`).filter(({ details }) => details === 'direct_response').length === 20,
      );
      const counts = await Promise.all(
        ['v1', 'v2'].map(async (version) =>
          callers.frontend.newConnections(1, `http://backend-${version}.${namespace}/hits?key=${key}`),
        ),
      );
      await lesson.check(
        'all 20 ended so, and each of the two servers says that it has had none of them',
        { ended: replies.filter(refused).length, servers: counts.map(([reply]) => reply?.body ?? '') },
        ({ ended, servers }) => ended === 20 && servers.every((body) => body.includes('"hits":0')),
      );
    };

    await lesson.step('Before: without a rule both callers meet both versions, header or not', async () => {
      for (const [caller, client] of both) {
        await client.burstShows(
          `both versions answer the ${caller}`,
          [backend],
          (replies) => tally(replies, versionOf).size === 2 && failures(replies).failed === 0,
        );
        for (const url of [[backend], [...canary, backend], [`${backend}beta`]])
          await lesson.check(
            `40 calls of the ${caller} to ${url.join(' ')} meet both versions (one alone by chance ${onceIn(chanceOfOnlyOne(40, 2))})`,
            await versions(client, 40, ...url),
            ({ v1, v2 }) => v1 > 0 && v2 > 0 && v1 + v2 === 40,
          );
      }
    });

    await lesson.step('An HTTPRoute: a rule for all calls stands first, one for the header second', async () => {
      await cluster.change('20-canary.yaml');
    });

    await lesson.step('After: a tenth of the calls meets version 2, and every call with the header', async () => {
      for (const [caller, client] of both) {
        await headerLeadsTo(client, caller, byHttpRoute);
        await getsATenth(client, caller);
      }
      await isAccepted();
    });

    await lesson.step('A second HTTPRoute for the same Service leads /beta to version 2', async () => {
      await cluster.change('30-beta.yaml');
    });

    await lesson.step('After: the rules of both are in force', async () => {
      for (const [caller, client] of both) {
        await client.burstShows(`/beta leads the ${caller} to version 2`, [`${backend}beta`], (replies) =>
          replies.every((reply) => reply.status === 200 && versionOf(reply) === 'v2'),
        );
        await headerLeadsTo(client, caller, byHttpRoute);
        await getsATenth(client, caller, tenthOfFewer);
      }
      await cluster.revert('30-beta.yaml');
      for (const [caller, client] of both)
        await client.burstShows(
          `without it /beta leads the ${caller} to version 1 again`,
          [`${backend}beta`],
          (replies) => replies.some((reply) => versionOf(reply) === 'v1'),
        );
    });

    await lesson.step('A VirtualService for the same host is put beside it, and leads to version 1', async () => {
      await cluster.change('40-virtual-service.yaml');
      const byItsSecondName = ['-H', 'Host: second-name.example', backend];
      for (const [caller, client] of both)
        await client.burstShows(
          `the proxy of the ${caller} has it: its second name works`,
          byItsSecondName,
          (replies) => allAre(replies, byVirtualService),
        );
    });

    await lesson.step('It is the younger one: for the service both callers still follow the HTTPRoute', async () => {
      await olderIs('HTTPRoute');
      for (const [caller, client] of both) await headerLeadsTo(client, caller, byHttpRoute);
      await isAccepted();
    });

    await lesson.step('Without the HTTPRoute both follow the VirtualService', async () => {
      await cluster.revert('20-canary.yaml');
      for (const [caller, client] of both) {
        await marked(client, caller, false);
        await headerLeadsTo(client, caller, byVirtualService);
      }
    });

    await lesson.step('The same HTTPRoute again, now the younger: the callers follow different rules', async () => {
      await cluster.change('20-canary.yaml');
      for (const [caller, client] of both) await marked(client, caller, true);
      await headerLeadsTo(callers.frontend, 'frontend', byHttpRoute);
      await olderIs('VirtualService');
      await headerLeadsTo(callers.visitor, 'visitor', byVirtualService);
      await getsATenth(callers.frontend, 'frontend', tenthOfFewer);
      await lesson.check(
        `of 300 calls of the visitor version 1 got all (with a tenth for version 2 by chance ${onceIn(0.9 ** 300)})`,
        await versions(callers.visitor, 300, backend),
        ({ v1 }) => v1 === 300,
      );
      lesson.table(
        'Which rule a caller follows',
        ['caller', 'VirtualService is younger', 'VirtualService is older'],
        [
          ['frontend, in the namespace of both rules', 'HTTPRoute', 'HTTPRoute'],
          ['visitor, in another namespace', 'HTTPRoute', 'VirtualService'],
        ],
      );
    });

    await lesson.step('And nobody says so: the HTTPRoute is accepted, the analysis is silent', async () => {
      await isAccepted();
      const { stdout, stderr, exitCode } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check(
        'the analysis ends without an error, and names neither of the two rules',
        { exitCode, report: `${stdout}${stderr}` },
        ({ exitCode: code, report }) =>
          code === 0 && report.includes(namespace) && !/Error:|IST0109|\((VirtualService|HTTPRoute) /.test(report),
      );
      await cluster.revert('40-virtual-service.yaml');
      await headerLeadsTo(callers.visitor, 'visitor', byHttpRoute);
    });

    await lesson.step('An HTTPRoute leads /nowhere to nobody: HTTP 404 in Istio 1.30, 500 in 1.31', async () => {
      const version = await cluster.attempt('istioctl', 'version', '--output', 'json');
      await cluster.change('50-nowhere.yaml');
      await answersItself('nowhere', minorOfMesh(version.stdout) >= 31 ? 500 : 404);
      await isAccepted('backend-nowhere');
      await headerLeadsTo(callers.frontend, 'frontend', byHttpRoute);
      await cluster.revert('50-nowhere.yaml');
    });

    await lesson.step(
      'An HTTPRoute gives every version the weight 0: it is accepted, and answers HTTP 500',
      async () => {
        await cluster.change('60-no-weight.yaml');
        await answersItself('', 500);
        await isAccepted();
      },
    );

    await lesson.step('And without the HTTPRoute both versions answer everyone again', async () => {
      await cluster.revert('60-no-weight.yaml');
      for (const [caller, client] of both)
        await client.burstShows(`the ${caller} meets both versions`, [...canary, backend], (replies) =>
          ['v1', 'v2'].every((version) => replies.some((reply) => versionOf(reply) === version)),
        );
    });
  },
);

/** Which version answered, and which kind of rule led to it: `v2, x-by: httproute`. */
function ledBy(reply: Reply): string {
  return `${versionOf(reply)}, x-by: ${reply.headers['x-by'] ?? 'nobody'}`;
}

function allAre(replies: readonly Reply[], led: string): boolean {
  return replies.every((reply) => reply.status === 200 && ledBy(reply) === led);
}
