import type { Curriculum } from '../../curriculum/curriculum.ts';

/**
 * Words in a text that repeat what is wrong, or say nothing, one line each. What an erratum forbids may stand where its truth
 * stands too.
 */
export function wordingFaults(text: string, { errata, slogans }: Pick<Curriculum, 'errata' | 'slogans'>): string[] {
  const found = (pattern: string) => new RegExp(pattern, 'i').exec(text)?.[0];
  return [
    ...errata.flatMap(({ id, phrases = [], truth }) =>
      text.includes(plain(truth))
        ? []
        : phrases.flatMap((each) => {
            const words = found(each);
            return words === undefined ? [] : [`“${words}” is wrong by ${id}, whose correction is not there`];
          }),
    ),
    ...slogans.flatMap((each) => {
      const words = found(each);
      return words === undefined ? [] : [`“${words}” is a slogan`];
    }),
  ];
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
