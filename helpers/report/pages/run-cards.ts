import { type Cards, type Filed, readCards } from '../../curriculum/cards.ts';
import { type CurriculumModule, readCurriculum } from '../../curriculum/curriculum.ts';
import { type ExerciseCard, toldByExercise } from '../../curriculum/exercise-card.ts';
import { type ModuleCard, toldByModule } from '../../curriculum/module-card.ts';
import { toldByIndex, type TroubleshootingIndex } from '../../curriculum/troubleshooting.ts';
import { assertionResultOf } from '../../record/assertion-results.ts';
import type { RecordedExercise } from '../../record/record.ts';
import { type BrokenLink, brokenLinks, type Evidence } from './backing.ts';
import { untypedCommands } from './typed-commands.ts';

/** The cards of the modules and exercises of which a run judged something, and what their sentences rest on. */
export interface RunCards {
  readonly cards: Cards;
  readonly evidence: Evidence;
  readonly modules: readonly {
    readonly card: ModuleCard;
    readonly module: CurriculumModule;
    readonly broken: readonly BrokenLink[];
  }[];
  readonly exercises: readonly {
    readonly card: Filed<ExerciseCard>;
    readonly persona: string;
    readonly broken: readonly BrokenLink[];
  }[];
  /** Missing where the run has judged nothing that it cites. */
  readonly troubleshooting?: { readonly index: TroubleshootingIndex; readonly broken: readonly BrokenLink[] };
}

/** Reads the cards that a run has something to say about. */
export async function readRunCards(run: readonly RecordedExercise[]): Promise<RunCards> {
  const curriculum = await readCurriculum();
  const cards = await readCards(curriculum);
  const { errata, sources } = curriculum;
  const evidence = { assertionResults: run.map(assertionResultOf), errata, sources };
  const ran = (folder: string) => run.some(({ path }) => path.startsWith(`${folder}/`));
  const modules = curriculum.modules.flatMap((module) => {
    const card = cards.modules.find((each) => each.module === module.module);
    if (card === undefined || !ran(module.folder)) return [];
    return [{ card, module, broken: brokenLinks(toldByModule(card), evidence.assertionResults) }];
  });
  const exercises = cards.exercises
    .filter(({ folder }) => ran(folder))
    .map((card) => ({
      card,
      persona: cards.modules.find(({ module }) => card.id.startsWith(`${module}.`))?.persona ?? '',
      broken: brokenLinks(toldByExercise(card), evidence.assertionResults),
    }));
  return { cards, evidence, modules, exercises, ...judgedIndex(cards.troubleshooting, evidence, run) };
}

/** Sentences on the cards of a run that cite what the run did not prove. */
export async function unprovenCitations(run: readonly RecordedExercise[]): Promise<BrokenLink[]> {
  const { modules, exercises, troubleshooting } = await readRunCards(run);
  const index = troubleshooting === undefined ? [] : [troubleshooting];
  return [...modules, ...exercises, ...index].flatMap(({ broken }) => broken);
}

function judgedIndex(
  index: TroubleshootingIndex | undefined,
  { assertionResults }: Evidence,
  run: readonly RecordedExercise[],
): Pick<RunCards, 'troubleshooting'> {
  if (index === undefined) return {};
  const told = toldByIndex(index);
  const cited = new Set(told.flatMap(({ backing: { provenBy = [] } }) => provenBy));
  if (!assertionResults.some(({ ids }) => ids.some((id) => cited.has(id)))) return {};
  const broken = [...brokenLinks(told, assertionResults), ...untypedCommands(index, run)];
  return { troubleshooting: { index, broken } };
}
