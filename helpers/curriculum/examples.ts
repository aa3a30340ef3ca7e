/** A small course for tests: one module, one exercise, and cards that fit them. */
import type { Cards } from './cards.ts';
import type { Curriculum, CurriculumModule } from './curriculum.ts';
import type { DemoCard } from './demo-card.ts';
import type { Demo } from './demos.ts';
import type { ExerciseCard } from './exercise-card.ts';
import type { ModuleCard } from './module-card.ts';
import type { RolePlay } from './role-play.ts';
import type { TroubleshootingIndex } from './troubleshooting.ts';

const row = { kind: ['positive'], needs: [], requires: 'It answers.' } as const;

export const exampleModule: CurriculumModule = {
  module: 'm1',
  title: 'Foundation',
  folder: '01-foundation',
  exercises: [
    {
      id: 'm1.e1',
      title: 'Names',
      learn: 'Names resolve.',
      needs: [],
      assertions: [
        { ...row, id: 'm1.e1.a1', errata: ['E1'] },
        { ...row, id: 'm1.e1.a2' },
        { ...row, id: 'm1.e1.rq', follows: 'reflection' },
      ],
    },
  ],
};

export const exampleCurriculum: Curriculum = {
  modules: [exampleModule],
  errata: [
    {
      id: 'E1',
      evidence: ['known'],
      claim: 'It always waits.',
      truth: 'It does not.',
      phrases: [String.raw`\bwaits\b`],
    },
  ],
  slogans: ['best in class'],
  sources: [{ id: 'C1', title: 'A page', pages: ['https://example.org/page'], read: '2026-11-24' }],
};

const proven = { says: 'Names resolve.', provenBy: ['m1.e1.a1'] };
const opinion = { says: 'Names are good.', opinion: true };

export const exampleModuleCard: ModuleCard = {
  module: 'm1',
  persona: 'Sarah Martinez',
  role: 'architect',
  situation: 'Everything is <open>.',
  pressure: ['The board is in a hurry.'],
  businessImpact: [proven, opinion, { says: 'It was said.', source: 'C1' }],
  needs: [{ need: 'Names', answer: 'They resolve.', provenBy: ['m1.e1.a1', 'm1.e1.a2'], later: ['m4.e6'] }],
  talkTracks: [{ title: 'The start', lines: [proven, opinion], show: ['m1.e1.a1'] }],
  objections: [{ objection: 'Too hard?', answer: 'We think not.', opinion: true, errata: ['E1'] }],
  opinions: [{ title: 'When to stop', heads: ['Size'], rows: [['Small', { ...proven, says: 'One name' }]] }],
  keyTakeaways: { technical: [proven, opinion], business: [proven, opinion], product: [proven, opinion] },
};

export const exampleExerciseCard: ExerciseCard = {
  id: 'm1.e1',
  challenge: 'Who is it?',
  solution: 'Ask for a name.',
  outcome: [proven],
  platformAnswer: { says: 'It always waits.', seed: 'S1:12' },
  counter: [{ says: 'It does not.', errata: ['E1'] }],
  perspective: { says: 'I have names.', provenBy: ['m1.e1.a1'] },
  discovered: [proven, opinion],
  reflection: [{ question: 'Which name?', answer: 'This.', provenBy: ['m1.e1.a2'] }],
};

export const exampleIndex: TroubleshootingIndex = {
  parts: [
    {
      title: 'Silence',
      rows: [
        { symptom: 'Nobody answers.', first: 'kubectl get pods', cause: 'Nobody is there.', provenBy: ['m1.e1.a1'] },
      ],
    },
  ],
  operations: [proven],
};

const beat = {
  seconds: 60,
  say: [proven, opinion],
  ask: 'Who answers?',
  answer: 'Most say: the first one.',
  run: 'kubectl apply -f 20-names.yaml',
  show: ['m1.e1.a1'],
  note: 'Wait for an answer.',
};

export const exampleCards: Cards = {
  modules: [exampleModuleCard],
  exercises: [{ ...exampleExerciseCard, folder: '01-foundation/01-names' }],
};

export const exampleDemoCard: DemoCard = {
  demo: 'names',
  title: 'Names',
  spec: '01-resolve.spec.ts',
  limit: 150,
  stage: 'A caller and a server.',
  beats: [
    { ...beat, step: "Before: nobody's name is known" },
    { ...beat, step: 'After: it is', show: ['m1.e1.a1', 'm1.e1.a2'] },
  ],
  neverSay: [
    { says: 'It always waits.', errata: ['E1'] },
    { says: 'It waits for <all>.', errata: ['E1'] },
  ],
  whenItFails: ['Say what you see.'],
  questions: [
    { question: 'Which name?', answer: 'This.', provenBy: ['m1.e1.a1'] },
    { question: 'Why?', answer: 'It is our opinion.', opinion: true },
    { question: 'Does it wait?', answer: 'No.', errata: ['E1'] },
    { question: 'Who says so?', answer: 'A page.', source: 'C1' },
  ],
};

export const exampleDemo: Demo = {
  ...exampleDemoCard,
  file: '/course/specs/01-foundation/01-names/01-resolve.spec.ts',
  path: '01-foundation/01-names/01-resolve',
  proves: ['m1.e1.a1'],
};

const objection = {
  objection: 'Names are slow.',
  fair: { says: 'They take a while.', opinion: true },
  result: { says: 'They resolve.', provenBy: ['m1.e1.a1'] },
  limit: { says: 'Speed is not shown.', provenBy: ['m1.e1.a2'], later: ['m3.e4'] },
  trap: { says: 'It always waits.', errata: ['E1'], phrases: [String.raw`\bnever slow\b`] },
  hint: 'Who answers?',
};

export const exampleRolePlay: RolePlay = {
  scenario: 'names',
  title: 'Names',
  customer: 'A customer',
  minutes: 10,
  stage: 'You sit in a <room>.',
  opening: 'I have names already.',
  inquiries: [
    ...['one', 'two', 'three', 'four'].map((word) => ({
      ask: `Ask ${word}?`,
      answer: `It is ${word}.`,
      fact: `Remember ${word}.`,
    })),
    ...['five', 'six', 'seven', 'eight'].map((word) => ({ ask: `Ask ${word}?`, answer: `It is ${word}.` })),
  ],
  objections: [
    objection,
    { ...objection, result: { says: 'That is still to come.', opinion: true, later: ['m3.e3'] } },
    objection,
    objection,
    objection,
  ],
  restores: 'You smiled.',
  close: { says: 'A date.', opinion: true },
  model: ['Their case', 'The limits', 'The next step'].map((title) => ({ title, lines: [proven, opinion] })),
  debrief: ['What did you trust?', 'What did you promise?', 'What was left?'],
};
