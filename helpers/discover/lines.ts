import { styleText } from 'node:util';

import { wrapped } from '../present/demo-lines.ts';
import { shownBy } from './proven.ts';
import { headOf, type Discovery, notLookedAt } from './report.ts';

const indent = 20;

/** The four answers for a terminal of so many characters. */
export function linesOf(discovery: Discovery, width: number): string[] {
  const { answers, proven } = discovery;
  return [
    `${styleText('bold', 'DISCOVERY')}  ${headOf(discovery)}`,
    ...answers.flatMap(({ title, line, findings }, index) => {
      const ids = [...new Set(findings.map((finding) => shownBy(finding, proven)).filter((id) => id !== undefined))];
      const open = [...new Set(findings.flatMap(({ shows }) => shows.slice(0, 1)))].slice(0, 3);
      const next =
        ids.length > 0
          ? `show ${ids.slice(0, 3).join(', ')}`
          : open.length === 0
            ? ''
            : `not proven here, so not to be shown yet: ${open.join(', ')} (make course ONLY=${open[0]})`;
      const text = [...wrapped(line, width - indent), ...(next === '' ? [] : [styleText('cyan', next)])];
      return text.map(
        (part, row) => `${styleText('bold', (row === 0 ? `${index + 1} ${title}` : '').padEnd(indent))}${part}`,
      );
    }),
    ...wrapped(`Not looked at: ${notLookedAt} A policy that exists may not be enforced (m1.e0.a3).`, width),
    ...gapLines(discovery, width),
  ];
}

/** What could not be seen, by why: `Not allowed to look: NetworkPolicy, Pod.` */
function gapLines({ answers }: Discovery, width: number): string[] {
  const gaps = [...new Set(answers.flatMap((answer) => answer.gaps))].map((gap) => gap.split(/: (.*)/));
  const whys = Map.groupBy(gaps, ([, why = '']) => why);
  return [...whys].flatMap(([why, of]) =>
    wrapped(`${why[0]?.toUpperCase()}${why.slice(1)}: ${of.map(([what]) => what).join(', ')}.`, width),
  );
}
