/** The commands of an exercise as somebody types them who follows it alone. */
import type { RanCommand } from './observation.ts';
import type { ExerciseRecord } from './record.ts';

/** The commands that one step of an exercise runs. */
export interface WalkStep {
  /** What the step is about: the title of the exercise's step. */
  readonly title: string;
  readonly commands: readonly string[];
}

/** Title of the last step, in which what the exercise made goes again. */
const cleanup = 'Clean up';

/**
 * The commands of a record in their order, step by step: the set-up, the change, the calls, and in the end the removal of
 * the namespaces that it made. What was asked again and again stands there once.
 */
export function walkThrough({ commands, namespaces }: Pick<ExerciseRecord, 'commands' | 'namespaces'>): WalkStep[] {
  const steps: { title: string; commands: string[] }[] = [];
  for (const { step, typed } of commands) {
    const last = steps.at(-1);
    if (last?.title !== step) steps.push({ title: step, commands: [typed.trim()] });
    else if (last.commands.at(-1) !== typed.trim()) last.commands.push(typed.trim());
  }
  const removed = namespaces.length === 0 ? [] : [`kubectl delete namespace ${namespaces.join(' ')}`];
  return removed.length === 0 ? steps : [...steps, { title: cleanup, commands: removed }];
}

/** A walk-through as a script: each step under a comment with its title. */
export function asScript(steps: readonly WalkStep[]): string {
  return steps.map(({ title, commands }) => [`# ${title}`, ...commands].join('\n')).join('\n\n');
}

/** Names that another run of the same commands gives differently, such as those of pods; none where there are none. */
export function namesOfThisRun({ commands }: { readonly commands: readonly Pick<RanCommand, 'typed'>[] }): string[] {
  const generated = /\b[a-z][a-z0-9-]*-[bcdf0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
  const addresses = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
  const found = commands.flatMap(({ typed }) => [...typed.matchAll(generated), ...typed.matchAll(addresses)]);
  return [...new Set(found.map(([name]) => name))].filter((name) => name !== '127.0.0.1' && name !== '0.0.0.0');
}
