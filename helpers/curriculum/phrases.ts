/** Words that the course texts may not use, because they are wrong or say nothing. */
import type { Curriculum } from './curriculum.ts';

/** Words forbidden by an erratum, or by nothing but taste. */
interface Phrase {
  readonly erratum: string | undefined;
  readonly pattern: RegExp;
}

/**
 * Every forbidden phrase in something that YAML or a card holds, one line each, with the field that has it. An erratum's
 * words are free wherever the erratum itself is cited; words of the other side are free altogether.
 */
export function phraseFaults(
  value: unknown,
  { errata, slogans }: Pick<Curriculum, 'errata' | 'slogans'>,
  field = '',
): string[] {
  const forbidden = errata.flatMap(({ id, phrases = [] }) => phrases.map((each) => phraseOf(each, id)));
  return search(value, [...forbidden, ...slogans.map((each) => phraseOf(each))], field);
}

function search(value: unknown, phrases: readonly Phrase[], field: string): string[] {
  if (typeof value === 'string') return found(value, phrases, field);
  if (Array.isArray(value)) return value.flatMap((each, index) => search(each, phrases, `${field}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const cited = 'errata' in value && Array.isArray(value.errata) ? value.errata : [];
  const left = phrases.filter(({ erratum }) => !cited.includes(erratum));
  return Object.entries(value)
    .filter(([name]) => name !== 'platformAnswer')
    .flatMap(([name, each]) => search(each, left, field === '' ? name : `${field}.${name}`));
}

function found(text: string, phrases: readonly Phrase[], field: string): string[] {
  return phrases.flatMap(({ erratum, pattern }) => {
    const [words] = pattern.exec(text) ?? [];
    if (words === undefined) return [];
    const why = erratum === undefined ? 'is a slogan' : `is wrong by ${erratum}, which is not cited here`;
    return [`${field}: “${words}” ${why}`];
  });
}

function phraseOf(pattern: string, erratum?: string): Phrase {
  return { erratum, pattern: new RegExp(pattern, 'i') };
}
