import { addProgress, isOwn } from './progress.ts';

/** An exercise that was run: how it ended, and the ids that its card proves. */
export interface EndedExercise {
  /** Allure's word, or vitest's: passed, failed, broken, skipped. */
  readonly status: string;
  readonly ids: readonly string[];
}

/** Adds exercises to the progress of whoever sits at this terminal; nothing where nobody does, or all were skipped. */
export async function noteOwnRun(exercises: readonly EndedExercise[], own = isOwn(), file?: string): Promise<void> {
  const ended = exercises.filter(({ status }) => status !== 'skipped');
  if (!own || ended.length === 0) return;
  const ids = (passed: boolean) =>
    ended.filter(({ status }) => (status === 'passed') === passed).flatMap((each) => each.ids);
  const failed = [...new Set(ids(false))];
  const held = [...new Set(ids(true))].filter((id) => !failed.includes(id));
  await addProgress({ kind: 'ran', date: new Date().toISOString(), held, failed }, file);
}
