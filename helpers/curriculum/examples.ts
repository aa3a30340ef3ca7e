/** A small course for tests: one module, one exercise, and cards that fit them. */
import type { Curriculum, CurriculumModule } from './curriculum.ts';
import type { ExerciseCard } from './exercise-card.ts';
import type { ModuleCard } from './module-card.ts';

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
