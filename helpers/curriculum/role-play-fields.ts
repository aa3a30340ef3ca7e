/** The fields of a role-play: what must be there, and how long words may be. Each of its two sheets fits a page of A4. */
import { type Field, fieldFaults, unknownFields } from './fields.ts';

const ofCard = {
  scenario: { of: 'text', longest: 20 },
  title: { of: 'text', longest: 60 },
  customer: { of: 'text', longest: 30 },
  stage: { of: 'text', longest: 240 },
  opening: { of: 'text', longest: 400 },
  restores: { of: 'text', longest: 200 },
  close: { of: 'statement', longest: 200 },
} as const satisfies Fields;

const ofInquiry = {
  ask: { of: 'text', longest: 100 },
  answer: { of: 'text', longest: 120 },
} as const satisfies Fields;

const ofObjection = {
  objection: { of: 'text', longest: 120 },
  fair: { of: 'statement', longest: 160 },
  result: { of: 'statement', longest: 220 },
  limit: { of: 'statement', longest: 180 },
  hint: { of: 'text', longest: 80 },
} as const satisfies Fields;

const ofModel = {
  title: { of: 'text', longest: 30 },
  lines: { of: 'statements', longest: 200, least: 2, most: 4 },
} as const satisfies Fields;

const fact: Field = { of: 'text', longest: 140 };
const debrief: Field = { of: 'text', longest: 120 };

/** How many entries a list has. */
const sizes = { inquiries: 8, objections: 5, model: 3, debrief: 3 } as const;

/** A trap is a statement that is wrong, and may have phrases. */
const longestTrap = 100;

type Fields = Readonly<Record<string, Field>>;
type Mapping = Readonly<Record<string, unknown>>;

/** What is wrong with the fields of a role-play, one line each, without what they mean. */
export function rolePlayShapeFaults(value: object): string[] {
  const card = value as Mapping;
  return [
    ...fieldsFaults('', card, ofCard, ['minutes', ...Object.keys(sizes)]),
    ...(Number.isInteger(card['minutes']) && Number(card['minutes']) > 0 ? [] : ['minutes: is no number of minutes']),
    ...listFaults(card, 'inquiries', (place, each) => [
      ...fieldsFaults(place, asMapping(each), ofInquiry, ['fact']),
      ...optionalFaults(`${place}.fact`, asMapping(each)['fact'], fact),
    ]),
    ...listFaults(card, 'objections', (place, each) => [
      ...fieldsFaults(place, asMapping(each), ofObjection, ['trap']),
      ...trapFaults(`${place}.trap`, asMapping(each)['trap']),
    ]),
    ...listFaults(card, 'model', (place, each) => fieldsFaults(place, asMapping(each), ofModel, [])),
    ...listFaults(card, 'debrief', (place, each) => fieldFaults(place, each, debrief)),
  ];
}

function fieldsFaults(place: string, value: Mapping, fields: Fields, others: readonly string[]): string[] {
  const at = (name: string) => (place === '' ? name : `${place}.${name}`);
  return [
    ...unknownFields(value, [...Object.keys(fields), ...others]).map(at),
    ...Object.entries(fields).flatMap(([name, field]) =>
      value[name] === undefined ? [`${at(name)}: is missing`] : fieldFaults(at(name), value[name], field),
    ),
  ];
}

function optionalFaults(place: string, value: unknown, field: Field): string[] {
  return value === undefined ? [] : fieldFaults(place, value, field);
}

function trapFaults(place: string, value: unknown): string[] {
  const { phrases, ...statement } = asMapping(value);
  const listed = phrases === undefined || (Array.isArray(phrases) && phrases.every((each) => typeof each === 'string'));
  return [
    ...(listed ? [] : [`${place}.phrases: is no list of words`]),
    ...fieldFaults(place, statement, { of: 'statement', longest: longestTrap }),
  ];
}

function listFaults(
  card: Mapping,
  name: keyof typeof sizes,
  faultsOf: (place: string, each: unknown) => string[],
): string[] {
  const list = card[name];
  if (!Array.isArray(list)) return [`${name}: is no list`];
  return [
    ...(list.length === sizes[name] ? [] : [`${name}: has ${list.length} entries, ${sizes[name]} fit`]),
    ...list.flatMap((each, index) => faultsOf(`${name}[${index}]`, each)),
  ];
}

function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null ? (value as Mapping) : {};
}
