import {
  answered,
  closedByNodeProxy,
  exercise,
  madeAt,
  readZtunnelLog,
  ztunnelLogCommand,
  ztunnelOf,
} from '../../../helpers/index.ts';

const namespace = 'm3-e3-rules';
const backend = `http://backend.${namespace}/`;
const post = ['-X', 'POST', backend];
/** Generation of the policy, the generation that istiod has judged, its word on it, and the reason. */
const judgement = [
  'get',
  'authorizationpolicy',
  'backend-rules',
  '-o',
  'jsonpath={.metadata.generation} {range .status.conditions[?(@.type=="ZtunnelAccepted")]}{.observedGeneration} {.status} {.reason}: {.message}{end}',
];
/** The same of the policies that select no pod: a line each. */
const judgements = [
  'get',
  'authorizationpolicy',
  '--field-selector',
  'metadata.name!=backend-rules',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {range .status.conditions[?(@.type=="ZtunnelAccepted")]}{.status} {.reason}: {.message}{end}{"\\n"}{end}',
];
/** The search of the page about migrating policies, in one namespace. */
const search = `kubectl get authorizationpolicy -n ${namespace} --no-headers | while read name rest; do
  if kubectl get authorizationpolicy "$name" -n ${namespace} -o yaml | grep -qE "(methods:|paths:|headers:|action: CUSTOM|action: AUDIT)"; then
    echo "$name"
  fi
done`;
/** What each of the policies that are to be found has of HTTP, as istiod names it. */
const attributes = {
  methods: 'methods',
  'not-methods': 'notMethods',
  hosts: 'hosts',
  'request-principals': 'requestPrincipals',
  'not-request-principals': 'notRequestPrincipals',
  'remote-ip-blocks': 'remoteIpBlocks',
  'when-header': 'request.headers[x-team]',
  'when-claim': 'request.auth.claims[groups]',
} as const;

/** A rule as ztunnel has it: all clauses have to fit, and of a clause any match. */
type Rule = readonly (readonly Readonly<Record<string, unknown>>[])[];

exercise(
  'AuthorizationPolicy with HTTP rules and no waypoint refuses too much as ALLOW, and nothing as DENY',
  {
    persona: 'Jennifer',
    question: 'Our policies have HTTP rules. What becomes of them in ambient, where a team has no waypoint?',
    proof:
      'One policy of a backend is replaced by the next, and the same calls are made under each. An ALLOW for GET closes every connection, GET among them. A DENY of POST reaches ztunnel, which has it with a match of nothing, and each POST is answered. So is each POST of the attacker where the rule names both the attacker and POST: the half that ztunnel could keep is lost with the other. Where it names port 80 and POST, GET is closed too. A DENY of the attacker alone, without a word of HTTP, closes its connections at the same backend and serves the frontend, so ztunnel does refuse what it can read. The status of each policy with a word of HTTP says that it is accepted. At last the search of the page about migration is run over eight policies that a waypoint would have to enforce: it finds one, and the status has the attribute of each.',
    takeaway:
      'Without a waypoint a word of HTTP makes an ALLOW refuse all and may make a DENY refuse nobody. Read the message of the status of each policy; that it is accepted says nothing.',
    needs: ['k8s', 'ambient'],
    proves: ['m3.e3.a1', 'm3.e3.a2', 'm3.e3.a6', 'm3.e3.a7', 'm3.e3.a8'],
    errata: ['E305', 'E306'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('deployment/attacker');
    const work = frontend.curl(backend);
    const workPost = frontend.curl(...post);
    const attack = attacker.curl(backend);
    const attackPost = attacker.curl(...post);
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const served = answered(200, '"pod":"backend-');
    const ztunnel = await ztunnelOf(cluster, 'backend');
    /** Sees that istiod calls the policy accepted, with these words, and that it means the version which is there now. */
    const isAccepted = async (...words: readonly string[]) =>
      cluster.eventually(
        'the status of the policy says that it is accepted, and what was left out',
        judgement,
        (text) => {
          const [, wanted, seen, status, reason] = /^(\d+) (\d+) (\S+) (\S+): /.exec(text) ?? [];
          return (
            wanted !== undefined &&
            wanted === seen &&
            status === 'True' &&
            reason === 'UnsupportedValue' &&
            words.every((word) => text.includes(word))
          );
        },
      );
    /** Sees what ztunnel has of the policy. */
    const isKnown = async (says: string, holds: (rules: readonly Rule[]) => boolean) =>
      cluster.eventually(
        says,
        ['ztunnel-config', 'policy', `${ztunnel}.istio-system`, '--policy-namespace', namespace, '-o', 'json'],
        (text) => holds(rulesIn(text)),
        'istioctl',
        { tell: (text) => JSON.stringify(rulesIn(text)) },
      );
    /** Sees the reason of the last refusal in the log of ztunnel. */
    const isRefusedFor = async (caller: string, reason: string) => {
      const refusals = (log: string) =>
        readZtunnelLog(log).filter(
          ({ direction, from, to, error }) =>
            direction === 'inbound' &&
            from.namespace === namespace &&
            from.workload.startsWith(`${caller}-`) &&
            to.workload.startsWith('backend-') &&
            error !== '',
        );
      await cluster.eventually(
        `ztunnel says why the ${caller} was refused: ${reason}`,
        ztunnelLog,
        (log) => refusals(log).at(-1)?.error.includes(reason) === true,
        'kubectl',
        { tell: (log) => refusals(log).at(-1)?.text ?? '' },
      );
    };

    await lesson.step('Before: everybody is answered', async () => {
      await work.settlesOn(served);
      await workPost.settlesOn(served);
      await attackPost.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('An ALLOW for the method GET', async () => {
      await cluster.change('20-allow-get.yaml');
    });

    await lesson.step('After: GET is refused too, and the policy is called accepted', async () => {
      await work.settlesOn(closedByNodeProxy);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
      await isRefusedFor('frontend', 'allow policies exist, but none allowed');
      await isAccepted('found: methods', 'omitted');
    });

    await lesson.step('A DENY of the method POST in its place: every POST is answered', async () => {
      await cluster.change('30-deny-post.yaml');
      await isKnown('ztunnel has one rule, and its match has nothing in it', (rules) => isEmptyMatch(rules[0]?.[0]));
      await workPost.settlesOn(served);
      await work.settlesOn(served);
      await isAccepted('found: methods', 'DENY');
    });

    await lesson.step(
      'A DENY of the attacker and POST in one rule: the attacker is answered, POST and GET',
      async () => {
        await cluster.change('40-deny-post-of-the-attacker.yaml');
        await isKnown(
          'ztunnel has the attacker, and beside it a match with nothing in it that has to fit too',
          (rules) => rules[0]?.length === 2 && rules[0].some(isEmptyMatch) && hasAttacker(rules),
        );
        await attackPost.settlesOn(served);
        await attack.settlesOn(served);
        await isAccepted('found: methods');
      },
    );

    await lesson.step('A DENY of POST to port 80: GET is refused as well', async () => {
      await cluster.change('50-deny-post-to-the-port.yaml');
      await workPost.settlesOn(closedByNodeProxy);
      await work.settlesOn(closedByNodeProxy);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
      await isRefusedFor('frontend', `explicitly denied by: ${namespace}/backend-rules`);
      await isAccepted('found: methods');
    });

    await lesson.step('The control: a DENY of the attacker, without a word of HTTP, refuses it alone', async () => {
      await cluster.change('60-deny-the-attacker.yaml');
      await attackPost.settlesOn(closedByNodeProxy);
      await attack.settlesOn(closedByNodeProxy);
      await work.settlesOn(served);
      await workPost.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
      await isRefusedFor('attacker', `explicitly denied by: ${namespace}/backend-rules`);
    });

    await lesson.step('Eight policies with eight sorts of HTTP attributes: a search by words finds one', async () => {
      await cluster.change('70-rules-to-be-found.yaml');
      const { stdout } = await cluster.shell(search);
      await lesson.check(
        'the search finds the one with methods, and none of the seven others',
        stdout.trim(),
        (found) => found === 'methods',
      );
    });

    await lesson.step('And the status of each names what it has of HTTP', async () => {
      const wanted = Object.entries(attributes);
      await cluster.eventually('eight of eight have a message that names the attribute', judgements, (list) => {
        const lines = list.trim().split('\n');
        return (
          lines.length === wanted.length &&
          wanted.every(([name, attribute]) =>
            lines.some(
              (line) =>
                line.startsWith(`${name} True UnsupportedValue: `) &&
                line.includes(`found: ${attribute})`) &&
                line.includes('DENY'),
            ),
          )
        );
      });
    });
  },
);

/** The rules of the backend's policy, out of all that ztunnel has of the namespace. */
function rulesIn(text: string): readonly Rule[] {
  const policies = JSON.parse(text) as { name: string; rules?: readonly Rule[] }[];
  return policies.find(({ name }) => name === 'backend-rules')?.rules ?? [];
}

/** True of a clause with one match, in which nothing stands that could fit. */
function isEmptyMatch(clause: Rule[number] | undefined): boolean {
  return (
    clause?.length === 1 && Object.values(clause[0] ?? {}).every((value) => Array.isArray(value) && value.length === 0)
  );
}

function hasAttacker(rules: readonly Rule[]): boolean {
  return JSON.stringify(rules).includes(`/ns/${namespace}/sa/attacker`);
}
