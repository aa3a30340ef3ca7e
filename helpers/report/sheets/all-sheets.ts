import { readCards } from '../../curriculum/cards.ts';
import { readConcepts } from '../../curriculum/concepts.ts';
import { readCurriculum } from '../../curriculum/curriculum.ts';
import { readDemos } from '../../curriculum/demos.ts';
import { exampleInputs } from '../../roi/example.ts';
import { readInputs } from '../../roi/inputs.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { conceptsSheet } from './concepts-sheet.ts';
import { demosSheet } from './demos-sheet.ts';
import { personasSheet } from './personas-sheet.ts';
import { roiSheet } from './roi-sheet.ts';
import { type Ground, makeSheet, type Plan, type Sheet } from './sheet.ts';
import { troubleshootingSheet } from './troubleshooting-sheet.ts';

/** All sheets of the course as they are to be, with the curriculum and the cards that they are made from. */
export interface Plans extends Pick<Ground, 'curriculum' | 'cards'> {
  readonly plans: readonly Plan[];
}

/** Reads what sheets are made from, but for a run. */
export async function readPlans(): Promise<Plans> {
  const curriculum = await readCurriculum();
  const demos = await readDemos(curriculum);
  const plans: Plan[] = [
    { name: 'personas', title: 'Who you meet', room: 6_400, content: personasSheet(demos) },
    {
      name: 'concepts',
      title: 'The words, and what they come to',
      room: 7_400,
      content: conceptsSheet(await readConcepts(curriculum)),
    },
    { name: 'troubleshooting', title: 'From a symptom to its cause', room: 5_300, content: troubleshootingSheet },
    { name: 'demos', title: 'Demos', room: 4_900, content: demosSheet(demos) },
    {
      name: 'roi',
      title: 'What it costs, and what it brings',
      room: 4_200,
      content: roiSheet(await readInputs(exampleInputs)),
    },
  ];
  return { curriculum, cards: await readCards(curriculum), plans };
}

/** Makes every sheet. @param run a run of the whole course @param today decides whether it is too old */
export function allSheets({ plans, ...known }: Plans, run: RunRecord, today: Date): Sheet[] {
  return plans.map((plan) => makeSheet(plan, { ...known, run }, today));
}
