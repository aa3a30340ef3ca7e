/** What a person types in a drill, and how near a guess is. */
import type { FaultKind, HiddenFault } from '../curriculum/incident-card.ts';

/** What a person thinks is wrong, and with which component. */
export interface Guess {
  readonly kind: FaultKind;
  readonly name: string;
}

/** What a person wants: to guess, a hint, the customer again, or the answer. */
export type IncidentWish =
  | { readonly wants: 'guess'; readonly guess: Guess }
  | { readonly wants: 'hint' | 'customer' | 'answer' | 'quit' | 'help' };

const words = { h: 'hint', hint: 'hint', c: 'customer', a: 'answer', q: 'quit', quit: 'quit' } as const;

/** Reads a line: `2 frontend` is a guess, by the number of a kind and the name of a component; what means nothing is `help`. */
export function readWish(line: string, kinds: readonly FaultKind[]): IncidentWish {
  const text = line.trim().toLowerCase();
  const known = Object.entries(words).find(([word]) => word === text);
  if (known !== undefined) return { wants: known[1] };
  const [, number = '', name = ''] = /^([1-9])[.,:]?\s+(?:\w+\/)?([a-z0-9][a-z0-9.-]*)$/.exec(text) ?? [];
  const kind = kinds[Number(number) - 1];
  return kind === undefined ? { wants: 'help' } : { wants: 'guess', guess: { kind, name } };
}

/** How near a guess is. */
export interface Judgement {
  readonly isRight: boolean;
  /** What that means, a sentence or two. */
  readonly words: string;
}

/** Judges a guess. */
export function judge({ kind, name }: Guess, fault: HiddenFault): Judgement {
  const kindIsRight = kind.kind === fault.kind;
  if (fault.names.includes(name)) {
    return kindIsRight
      ? { isRight: true, words: `Right: ${fault.kind}, ${name}.` }
      : { isRight: false, words: `${name} has to do with it, and it is something else. ${ifSo(kind)}` };
  }
  const near = name === fault.partOf ? `It is in ${name}, and only a part of it: name the pod.` : undefined;
  if (kindIsRight) return { isRight: false, words: `The kind is right. ${near ?? `It is not ${name}.`}` };
  return { isRight: false, words: `${near ?? `It is not ${name}.`} The kind is another too. ${ifSo(kind)}` };
}

/** What a person can compare with what is there. */
function ifSo({ kind, wouldShow }: FaultKind): string {
  return `If it were “${kind}”, you would see this: ${wouldShow}`;
}
