/** The demos, presented to nobody: in time, and live in every step. */
import { stripVTControlCharacters } from 'node:util';

import type { Demo } from '../curriculum/demos.ts';
import { exitCodes } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import type { Progress } from '../system/progress.ts';
import { counted, type Item } from './item.ts';

/** How a demo went. */
export interface Rehearsal {
  readonly demo: string;
  readonly exitCode: number;
  /** Its last words, one line, with the time that it took. */
  readonly says: string;
}

/** Rehearses a demo on the lab that is up, as `make demo-<name> PRESENT=auto` does. */
async function rehearse({ demo }: Pick<Demo, 'demo'>): Promise<Rehearsal> {
  const words = ['--disable-warning=ExperimentalWarning', 'helpers/commands/demo.ts'];
  const env = { DEMO: demo, PRESENT: 'auto' };
  const { exitCode, stdout, stderr } = await run(process.execPath, words, { cwd: projectRoot, env, endsWithUs: true });
  return { demo, exitCode, says: lastWords(stdout) || lastWords(stderr) };
}

/** Rehearses demos one after another, and says of each how it went. */
export async function rehearseAll(demos: readonly Demo[], progress: Progress): Promise<Rehearsal[]> {
  const rehearsals: Rehearsal[] = [];
  for (const demo of demos) {
    const rehearsal = await progress.timed(`demo ${demo.demo}`, () => rehearse(demo));
    progress.say(`demo ${demo.demo}: ${rehearsal.says}`);
    rehearsals.push(rehearsal);
  }
  return rehearsals;
}

/** The line that says how a demo ended, or the last that it wrote. */
export function lastWords(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(Done in|Ended before|It cannot be shown)/.test(line)) ?? lines.at(-1) ?? '';
}

/** How all of them went; undefined where they were not rehearsed. */
export function demosItem(demos: readonly Pick<Demo, 'demo'>[], rehearsals: readonly Rehearsal[] | undefined): Item {
  if (rehearsals === undefined) {
    return {
      title: 'Demos',
      state: 'unknown',
      says: `${counted(demos.length, 'demo')} not rehearsed: no lab was started for an earlier run.`,
      lines: demos.map(({ demo }) => `make up, make demo-${demo} PRESENT=auto`),
    };
  }
  const of = (test: (code: number) => boolean) => rehearsals.filter(({ exitCode }) => test(exitCode)).length;
  const lacking = of((code) => code === exitCodes.environment);
  const failed = of((code) => code !== 0 && code !== exitCodes.environment);
  return {
    title: 'Demos',
    state: failed > 0 ? 'bad' : lacking > 0 ? 'look' : 'good',
    says: `${of((code) => code === 0)} of ${counted(rehearsals.length, 'demo')} in time and live in every step${lacking === 0 ? '' : `, ${lacking} cannot be shown here`}.`,
    lines: rehearsals.map(({ demo, says }) => `${demo}: ${says}`),
  };
}
