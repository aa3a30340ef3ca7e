/** The fields of a demo.yaml: what must be there, and how long words may be. All of them together fit a page of paper. */
import { type Field, fieldFaults, unknownFields } from './fields.ts';

const ofCard = {
  demo: { of: 'text', longest: 20 },
  title: { of: 'text', longest: 60 },
  spec: { of: 'text', longest: 80 },
  stage: { of: 'text', longest: 240 },
} as const satisfies Record<string, Field>;

const ofBeat = {
  step: { of: 'text', longest: 80 },
  say: { of: 'statements', longest: 200, least: 1, most: 4 },
  ask: { of: 'text', longest: 120 },
  answer: { of: 'text', longest: 200 },
  run: { of: 'text', longest: 120 },
  note: { of: 'text', longest: 300 },
} as const satisfies Record<string, Field>;

const ofQuestion = {
  question: { of: 'text', longest: 100 },
  answer: { of: 'text', longest: 240 },
} as const satisfies Record<string, Field>;

const ofNeverSay = { says: { of: 'text', longest: 120 } } as const satisfies Record<string, Field>;

/** How many entries a list has. */
const sizes = { beats: [1, 8], neverSay: [2, 2], whenItFails: [1, 4], questions: [4, 4] } as const;

const backing = ['provenBy', 'source', 'opinion', 'later', 'errata'];

type Mapping = Readonly<Record<string, unknown>>;

/** What is wrong with the fields of a demo.yaml, one line each, without what they mean. */
export function demoShapeFaults(value: object): string[] {
  const card = value as Mapping;
  return [
    ...fieldsFaults('', card, ofCard, ['limit', ...Object.keys(sizes)]),
    ...secondsFaults('limit', card['limit']),
    ...listFaults(card, 'beats', (name, beat) => [
      ...fieldsFaults(name, asMapping(beat), ofBeat, ['seconds', 'show']),
      ...secondsFaults(`${name}.seconds`, asMapping(beat)['seconds']),
      ...idsFaults(`${name}.show`, asMapping(beat)['show']),
    ]),
    ...listFaults(card, 'neverSay', (name, each) => [
      ...fieldsFaults(name, asMapping(each), ofNeverSay, ['errata']),
      ...idsFaults(`${name}.errata`, asMapping(each)['errata']),
    ]),
    ...listFaults(card, 'whenItFails', (name, each) => fieldFaults(name, each, { of: 'text', longest: 200 })),
    ...listFaults(card, 'questions', (name, each) => fieldsFaults(name, asMapping(each), ofQuestion, backing)),
  ];
}

/** @param others fields that are judged elsewhere */
function fieldsFaults(
  place: string,
  value: Mapping,
  fields: Readonly<Record<string, Field>>,
  others: readonly string[],
): string[] {
  const at = (name: string) => (place === '' ? name : `${place}.${name}`);
  return [
    ...unknownFields(value, [...Object.keys(fields), ...others]).map(at),
    ...Object.entries(fields).flatMap(([name, field]) =>
      value[name] === undefined ? [`${at(name)}: is missing`] : fieldFaults(at(name), value[name], field),
    ),
  ];
}

function listFaults(
  card: Mapping,
  name: keyof typeof sizes,
  faultsOf: (name: string, each: unknown) => string[],
): string[] {
  const list = card[name];
  const [least, most] = sizes[name];
  if (!Array.isArray(list)) return [`${name}: is no list`];
  const fits = list.length >= least && list.length <= most;
  const wanted = least === most ? `${most}` : `${least} to ${most}`;
  return [
    ...(fits ? [] : [`${name}: has ${list.length} entries, ${wanted} fit`]),
    ...list.flatMap((each, index) => faultsOf(`${name}[${index}]`, each)),
  ];
}

function idsFaults(name: string, value: unknown): string[] {
  const listed = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
  return listed ? [] : [`${name}: is no list of ids`];
}

function secondsFaults(name: string, value: unknown): string[] {
  return Number.isInteger(value) && Number(value) > 0 ? [] : [`${name}: is no number of seconds`];
}

function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null ? (value as Mapping) : {};
}
