/** Calls and changes of an exercise, in words and in one line each. */
import { styleText } from 'node:util';

import type { SeenCall } from '../record/audience.ts';
import { redact } from '../record/redact.ts';

const endings = {
  allowed: { words: 'let through', mark: '✓', colour: 'green' },
  blocked: { words: 'refused', mark: '✕', colour: 'red' },
  broken: { words: 'broken', mark: '?', colour: 'yellow' },
} as const;

/** Widths of the columns, so that the calls of a step stand below each other; what is longer goes beyond. */
const columns = { who: 24, request: 10, ending: 14 };

function whereOf(cluster: string): string {
  return cluster === '' ? '' : `${cluster}: `;
}

/** A call as a sentence: `attacker → backend, GET /: let through, HTTP 200`. */
export function inWords({ caller, cluster, target, request, verdict, signature }: SeenCall): string {
  return `${whereOf(cluster)}${caller} → ${target}, ${request}: ${endings[verdict].words}, ${signature}`;
}

/** A call as a line of columns: `attacker → backend   GET /   ✓ let through   HTTP 200`; headers that it sends come last. */
export function inColumns({ caller, cluster, target, request, verdict, signature }: SeenCall): string {
  const { words, mark, colour } = endings[verdict];
  const [, asked = '', headers = ''] = /^(.*?)( \(.*\))?$/.exec(redact(request)) ?? [];
  return [
    `${whereOf(cluster)}${caller} → ${target}`.padEnd(columns.who),
    asked.padEnd(columns.request),
    styleText(colour, `${mark} ${words}`.padEnd(columns.ending)),
    `${redact(signature)}${styleText('gray', headers)}`,
  ].join(' ');
}

/** Commands of kubectl that change something; what is sent may be typed before them. */
const changes =
  /^(?:echo \S+ \| )?kubectl(?: --?\S+(?: [^-\s]\S*)?)*? (apply|create|replace|delete|label|annotate|patch|scale|set|rollout (?:restart|undo)) /;

/**
 * A command that changes something, as short as it can be told: without its namespace, files without their folders.
 * Undefined for a command that only looks.
 */
export function changeInShort(typed: string): string | undefined {
  const [line = ''] = typed.split('\n');
  if (!changes.test(line)) return undefined;
  return line.replace(/ --namespace \S+/, '').replaceAll(/\S+\/([^/\s]+\.ya?ml)\b/g, '$1');
}
