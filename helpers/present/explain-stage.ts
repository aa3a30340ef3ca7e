import { styleText } from 'node:util';

import type { Explained } from '../progress/progress.ts';
import { Stopped } from '../record/audience.ts';
import { dayOf, labelled } from './demo-lines.ts';

/** What is to be explained, and what the course says to it. */
export interface Explainable {
  readonly id: string;
  readonly title: string;
  /** What it is about, before the questions; no answer is in it. */
  readonly about: string;
  readonly questions: readonly string[];
  /** What to compare one's answers with, each part under a title. */
  readonly compare: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** What was answered before. */
export interface Earlier {
  readonly date: string;
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
}

/** What asking somebody needs. */
export interface ExplainOptions {
  readonly what: Explainable;
  readonly earlier: Earlier | undefined;
  readonly say: (line: string) => void;
  /** Asks a person for a line; undefined once they end it. Missing where nobody is there: then all of it is only shown. */
  readonly ask: ((prompt: string) => Promise<string | undefined>) | undefined;
  readonly width: number;
}

/** What a person answered, and what they thought of it afterwards. */
export interface Explanation {
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  readonly verdict: Explained;
}

/** Asks, shows what the course says, and asks how near it was; undefined where it was ended before, or nobody was asked. */
export async function explain({ what, earlier, say, ask, width }: ExplainOptions): Promise<Explanation | undefined> {
  const show = (lines: readonly string[]): void => lines.forEach(say);
  show([styleText('bold', `${what.id}  ${what.title}`), ...labelled('', what.about, width), '']);
  const line = async (prompt: string): Promise<string> => {
    const answer = await ask?.(prompt);
    if (answer === undefined || /^(q|quit)$/i.test(answer.trim())) throw new Stopped();
    return answer.trim();
  };
  try {
    const answers: { question: string; answer: string }[] = [];
    if (ask !== undefined)
      show([...labelled('', 'An empty line ends an answer; q or Ctrl-C ends all of it.', width), '']);
    for (const [index, question] of what.questions.entries()) {
      show(labelled(`${index + 1}`, question, width));
      if (ask !== undefined) answers.push({ question, answer: await someWords(line) });
    }
    for (const { title, lines } of what.compare) show(['', styleText('bold', title), ...compared(lines, width)]);
    if (ask === undefined) return undefined;
    if (earlier !== undefined) {
      show(['', styleText('bold', `What you said on ${dayOf(earlier.date)}`), ...saidLines(earlier.answers, width)]);
    }
    show(['', styleText('bold', 'What you said now'), ...saidLines(answers, width)]);
    return { answers, verdict: await verdictOf(line) };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}

function saidLines(answers: Earlier['answers'], width: number): string[] {
  return compared(
    answers.map(({ question, answer }) => `${question} “${answer}”`),
    width,
  );
}

function compared(lines: readonly string[], width: number): string[] {
  return lines.flatMap((each) => labelled('  ·', each, width));
}

/** An answer of one line or more; an empty line ends it. */
async function someWords(line: (prompt: string) => Promise<string>): Promise<string> {
  const said: string[] = [];
  for (;;) {
    const words = await line(said.length === 0 ? 'you > ' : '    > ');
    if (words !== '') said.push(words);
    else if (said.length > 0) return said.join(' ');
  }
}

async function verdictOf(line: (prompt: string) => Promise<string>): Promise<Explained> {
  for (;;) {
    const word = (await line('\nDid you say what counts? y for yes, p for partly, n for no > ')).toLowerCase();
    if (word === 'y' || word === 'yes') return 'yes';
    if (word === 'p' || word === 'partly') return 'partly';
    if (word === 'n' || word === 'no') return 'no';
  }
}
