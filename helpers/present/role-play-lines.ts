/** The lines of a role-play as a terminal shows them. */
import { styleText } from 'node:util';

import type { Standing } from '../curriculum/standing.ts';
import { stateWord } from './backing-lines.ts';
import { labelled } from './demo-lines.ts';
import type { Bearing } from './role-play-score.ts';

/** What a player may type while the customer waits. */
export function helpLines(width: number): string[] {
  return [
    ...labelled('TYPE', 'your answer in a sentence or two, with the ids of the results that you lean on', width),
    ...labelled('', 'evidence m1.e4.a2 to look at a result, evidence m1.e4 or evidence label to find one', width),
    ...labelled('', 'h for a hint, p to pass, q or Ctrl-C to end it here', width),
  ];
}

const bearings: Readonly<Record<Exclude<Bearing, 'nothing'>, string>> = {
  bears: 'and it bears on this',
  beside: 'and it is not the answer: it belongs to what is right about the objection, or to the limits',
  elsewhere: 'and does not bear on this',
};

/** What naming an id came to. */
export function bearingLines(standing: Standing, bearing: Bearing, width: number): string[] {
  const { id, reason, state } = standing;
  const why = reason === '' || state === 'later' ? '' : `, ${reason}`;
  const what = bearing === 'nothing' ? `${why}. Nothing can be won with it` : `, ${bearings[bearing]}`;
  return labelled('', `${styleText('bold', id)}  ${stateWord(standing)}${what}.`, width);
}
