import { exercise } from '../../../helpers/index.ts';

const namespace = 'm8-e8-gates';
const folder = 'fixtures/08-integration/08-change-control/01-each-gate-catches-its-own';
const right = `${folder}/20-right.yaml`;
const files = `${folder}/files`;
const kinds = 'virtualservices,destinationrules,authorizationpolicies,trafficextensions';
const objects = ['get', kinds, '-o', 'name'];

/** The gates, in the order in which a pipeline asks them. */
const gates = [
  { name: 'dry run at the client', words: (file: string) => ['kubectl', 'apply', '--dry-run=client', '-f', file] },
  { name: 'dry run at the server', words: (file: string) => ['kubectl', 'apply', '--dry-run=server', '-f', file] },
  { name: 'analysis', words: (file: string) => ['istioctl', 'analyze', file, '-n', namespace] },
  {
    name: 'analysis, warnings too',
    words: (file: string) => ['istioctl', 'analyze', file, '-n', namespace, '--failure-threshold', 'Warning'],
  },
] as const;
/** What a gate does not let pass ends with these. */
const refusedBy = { client: 0, server: 1, analysis: 2, warnings: 3, nobody: 4 } as const;
/** Exit codes of a refusal, by gate: kubectl's, and istioctl's for what analysis has found. */
const refusal = [1, 1, 79, 79];

interface File {
  readonly what: string;
  readonly path: string;
  readonly refused: keyof typeof refusedBy;
  /** What the gate that refuses it says. */
  readonly says?: string;
  /** The message of analysis, as far as it is asked; unless given, it has none. */
  readonly message?: string;
}

const mistakes: readonly File[] = [
  {
    what: 'two VirtualServices for one host',
    path: `${files}/two-rules-for-one-host.yaml`,
    refused: 'analysis',
    says: 'IST0109',
    message: 'IST0109',
  },
  {
    what: 'a threshold that is deprecated',
    path: `${files}/field-of-the-past.yaml`,
    refused: 'warnings',
    says: 'IST0133',
    message: 'IST0133',
  },
  {
    what: 'a subset without a pod',
    path: `${files}/subset-without-pods.yaml`,
    refused: 'analysis',
    says: 'IST0173',
    message: 'IST0173',
  },
  {
    what: 'an expression that lacks a bracket',
    path: `${files}/wrong-expression.yaml`,
    refused: 'server',
    says: 'error parsing regexp',
  },
  {
    what: 'a misspelt field',
    path: `${files}/misspelt-field.yaml`,
    refused: 'server',
    says: 'unknown field "spec.http[0].timout"',
  },
  {
    what: 'a decider that nobody defined',
    path: `${files}/decider-that-nobody-defined.yaml`,
    refused: 'nobody',
  },
  {
    what: 'a program that does not parse',
    path: `${files}/program-that-does-not-parse.yaml`,
    refused: 'nobody',
  },
];

exercise(
  'Three of four gates refuse what those before them let pass, and two of seven mistakes pass all',
  {
    persona: 'Ahmed Hassan',
    question:
      'The change board wants a check before each change. Which check finds which mistake, and what does none find?',
    proof:
      'Four gates stand in a row, each with the exit code that a pipeline would see: a dry run at the client, a dry run at the server, analysis, and analysis that fails on warnings too. A right file passes all of them. So do two of seven wrong ones. The dry run at the client refuses none of the seven, the one at the server refuses two, in the words of istiod and of the API server, analysis two more, and the lower threshold one. Nothing of it is in the cluster afterwards. Then a file for which analysis exits with 79 is analysed with one word changed in the command: as JSON, without the namespace and with a misspelt one it exits with 0. At last kubectl diff is asked before and after the right file is applied, and for a wrong one, and its exit code tells the three apart.',
    takeaway:
      'Ask the server and not the client, name the namespace, let warnings fail, and know which mistakes none of the gates sees.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e8.a1', 'm8.e8.a3', 'm8.e8.a4'],
    errata: ['E804', 'E805'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-analyze/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const rows: string[][] = [];
    const nothingThere = async () =>
      cluster.eventually(
        'none of these kinds has an object in the namespace',
        ['get', `${kinds},services`, '-o', 'name'],
        (names) => names.trim() === 'service/claims',
      );
    const run = async ([program = '', ...args]: readonly string[]) => {
      const { exitCode, stdout, stderr } = await cluster.attempt(program, ...args);
      return { exitCode, said: `${stdout}${stderr}`.trim() };
    };
    /** Asks one gate after another until one refuses. */
    const askGates = async ({ what, path, refused, says = '', message = '' }: File) => {
      const exits: (number | undefined)[] = [];
      const analyses: string[] = [];
      let last = '';
      for (const [index, { words }] of gates.entries()) {
        const { exitCode, said } = await run(words(path));
        exits.push(exitCode);
        last = said;
        if (index >= refusedBy.analysis) analyses.push(messagesIn(said));
        if (exitCode !== 0) break;
      }
      const wanted = gates.map((_, index) => (index < refusedBy[refused] ? 0 : (refusal[index] ?? 0)));
      const asked = wanted.slice(0, refusedBy[refused] + 1);
      await lesson.check(
        refused === 'nobody'
          ? `${what}: each of the four gates lets it pass, with the exit code 0`
          : `${what}: the first gate that refuses it is the ${gates[refusedBy[refused]]?.name}, which says: ${says}`,
        { exits, said: last, messages: analyses },
        (seen) =>
          seen.exits.join() === asked.join() &&
          seen.said.includes(says) &&
          seen.messages.every((each) => each === message),
      );
      rows.push([what, ...gates.map((_, index) => (exits[index] === undefined ? '–' : String(exits[index])))]);
      return last;
    };

    await lesson.step('A right file passes each of the four gates', async () => {
      await nothingThere();
      const said = await askGates({ what: 'no mistake', path: right, refused: 'nobody' });
      await lesson.check('analysis says that it has found nothing', said, (words) =>
        words.includes('No validation issues found'),
      );
    });

    await lesson.step('Seven wrong files: each goes from gate to gate until one refuses it', async () => {
      for (const mistake of mistakes) await askGates(mistake);
      lesson.table(
        'Exit codes, gate by gate; after a refusal the next gate is not asked',
        ['mistake', ...gates.map(({ name }) => name)],
        rows,
      );
    });

    await lesson.step('Two of the seven pass all gates, and nothing of the eight files was created', async () => {
      const passed = rows.filter(([, ...exits]) => exits.every((exit) => exit === '0')).map(([what]) => what);
      await lesson.check(
        'besides the right file these have passed',
        passed,
        (names) => names.join() === 'no mistake,a decider that nobody defined,a program that does not parse',
      );
      await nothingThere();
    });

    await lesson.step('One wrong word in the command, and analysis lets an error pass', async () => {
      const file = `${files}/two-rules-for-one-host.yaml`;
      const spellings = [
        { how: 'as it should be', words: ['-n', namespace], exit: 79, says: 'IST0109' },
        { how: 'as JSON', words: ['-n', namespace, '-o', 'json'], exit: 0, says: '"code": "IST0109"' },
        { how: 'without the namespace', words: [], exit: 0, says: '' },
        {
          how: 'with a misspelt namespace',
          words: ['-n', 'm8-e8-gat'],
          exit: 0,
          says: 'namespace "m8-e8-gat" not found',
        },
        { how: 'as it should be, once more', words: ['-n', namespace], exit: 79, says: 'IST0109' },
      ] as const;
      const told: string[][] = [];
      for (const { how, words, exit, says } of spellings) {
        const { exitCode, said } = await run(['istioctl', 'analyze', file, ...words]);
        await lesson.check(
          `${how}: it exits with ${exit}, and ${says === '' ? 'has no word of the error' : `says: ${says}`}`,
          { exitCode, said },
          (seen) => seen.exitCode === exit && (says === '' ? !seen.said.includes('IST0109') : seen.said.includes(says)),
        );
        told.push([['istioctl analyze FILE', ...words].join(' '), String(exitCode), says || 'nothing of the error']);
      }
      lesson.table('One file with an error, and five commands', ['command', 'exit code', 'it says'], told);
    });

    await lesson.step('A dry run at the client does not ask istiod, one at the server does', async () => {
      const file = `${files}/wrong-expression.yaml`;
      const client = await run(['kubectl', 'apply', '--dry-run=client', '-f', file]);
      const server = await run(['kubectl', 'apply', '--dry-run=server', '-f', file]);
      await lesson.check(
        'the client says that it would be created, the server that the webhook of istiod denied it',
        { client, server },
        () =>
          client.exitCode === 0 &&
          client.said.includes('created (dry run)') &&
          server.exitCode === 1 &&
          /admission webhook "[^"]*validation\.istio\.io" denied the request/.test(server.said),
      );
      await nothingThere();
    });

    await lesson.step('Before: kubectl diff exits with 1 for what would change, with more for a mistake', async () => {
      const change = await run(['kubectl', 'diff', '-f', right]);
      const wrong = await run(['kubectl', 'diff', '-f', `${files}/wrong-expression.yaml`]);
      await lesson.check(
        'of the right file it shows the line that would come, and exits with 1',
        change,
        ({ exitCode, said }) => exitCode === 1 && /^\+\s+- .*timeout: 3s|^\+\s+timeout: 3s/m.test(said),
      );
      await lesson.check(
        'of the wrong one it has the words of istiod, and exits with more than 1',
        wrong,
        ({ exitCode, said }) => (exitCode ?? 0) > 1 && said.includes('error parsing regexp'),
      );
    });

    await lesson.step('After: the right file is applied, and there is no difference left', async () => {
      await cluster.change('20-right.yaml');
      await cluster.eventually('the rule is in the cluster', objects, (names) =>
        names.includes('virtualservice.networking.istio.io/claims'),
      );
      await lesson.check(
        'kubectl diff exits with 0',
        await run(['kubectl', 'diff', '-f', right]),
        ({ exitCode, said }) => {
          return exitCode === 0 && said === '';
        },
      );
    });
  },
);

/** Codes of the messages in what analysis says, in their order. */
function messagesIn(said: string): string {
  return [...new Set(Array.from(said.matchAll(/\[(IST\d{4})\]/g), ([, code = '']) => code))].toSorted().join();
}
