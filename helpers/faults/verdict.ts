import type { Fault, FaultState } from './fault.ts';

/** How one lesson ended while one thing was broken. */
export interface FaultCell {
  readonly lesson: string;
  readonly fault: string;
  readonly demanded: ReturnType<Fault['demands']>;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** False if the lesson ended before anything was broken, or breaking it failed. */
  readonly injected: boolean;
  /** Seconds from start to end of the lesson. */
  readonly seconds: number;
  /** First line of what it failed with; empty if it did not. */
  readonly reason: string;
  /** False: green on broken ground, red although what broke is nothing to it, or nothing was broken at all. */
  readonly right: boolean;
}

/** Judges a lesson that ended so. */
export function cell(
  fault: Fault,
  wanted: FaultCell['demanded'],
  seen: Pick<FaultCell, 'lesson' | 'state' | 'seconds' | 'reason'> & { readonly faultState: FaultState },
): FaultCell {
  const demanded = seen.faultState === 'nothing to break' ? 'green' : wanted;
  const injected = seen.faultState !== 'not yet';
  const states = { red: ['failed'], green: ['passed'], either: ['passed', 'failed'] }[demanded];
  return { ...seen, fault: fault.name, demanded, injected, right: injected && states.includes(seen.state) };
}

const words = {
  red: 'red, as it must be',
  green: 'green, rightly: nothing of it was broken',
  passing: 'green: the fault passed, and what came after it was seen',
} as const;

/** The cell in words. */
export function inWords({ right, state, injected, demanded, reason, seconds }: FaultCell): string {
  const how = state === 'passed' ? (demanded === 'either' ? words.passing : words.green) : words.red;
  return right
    ? `${how} (${seconds} s)`
    : `WRONG: ${state}${injected ? '' : ' before anything was broken'} (${seconds} s) ${reason}`;
}

/** The grid as Markdown: a row a fault, a column a lesson, below it what each red lesson said. */
export function faultGrid(cells: readonly FaultCell[], faults: readonly Pick<Fault, 'name' | 'says'>[]): string {
  const lessons = [...new Set(cells.map(({ lesson }) => lesson))].toSorted();
  const rows = faults.map(({ name, says }) => {
    const found = lessons.map((lesson) => cells.find((one) => one.lesson === lesson && one.fault === name));
    return `| ${name}: ${says} | ${found.map((one) => (one === undefined ? '' : inWords(one))).join(' | ')} |`;
  });
  const said = cells
    .filter(({ state }) => state === 'failed')
    .map(({ fault, lesson, reason }) => `- ${fault}, ${lesson}: ${reason}`);
  return [
    `| while the lesson ran | ${lessons.join(' | ')} |`,
    `|---|${lessons.map(() => '---|').join('')}`,
    ...rows,
    '',
    'What the red lessons said:',
    '',
    ...said,
    '',
  ].join('\n');
}
