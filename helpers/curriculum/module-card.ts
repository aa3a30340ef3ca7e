import type { Curriculum } from './curriculum.ts';
import { type Field, fieldFaults, unknownFields } from './fields.ts';
import { type Answer, backingFaults, type Statement, type Told, toldIn } from './statement.ts';

/** What the report says of a module before its exercises; read from its module.yaml. */
export interface ModuleCard {
  readonly module: string;
  readonly persona: string;
  readonly role: string;
  readonly situation: string;
  readonly pressure: readonly string[];
  readonly businessImpact: readonly Statement[];
  readonly needs: readonly (Answer & { readonly need: string })[];
  readonly talkTracks: readonly TalkTrack[];
  readonly objections: readonly (Answer & { readonly objection: string })[];
  /** Tables of judgements; a cell may cite what a part of it rests on. */
  readonly opinions: readonly {
    readonly title: string;
    readonly heads: readonly string[];
    readonly rows: readonly (readonly (string | Statement)[])[];
  }[];
  readonly keyTakeaways: Readonly<Record<Takeaways, readonly Statement[]>>;
}

/** What to say to the persona, and the results to show with it. */
export interface TalkTrack {
  readonly title: string;
  readonly lines: readonly Statement[];
  /** Assertion ids of the curriculum, to be looked at while it is said. */
  readonly show?: readonly string[];
}

/** Whom a takeaway is for. */
export type Takeaways = (typeof takeaways)[number];
export const takeaways = ['technical', 'business', 'product'] as const;

const fields = [
  'module',
  'persona',
  'role',
  'situation',
  'pressure',
  'businessImpact',
  'needs',
  'talkTracks',
  'objections',
  'opinions',
  'keyTakeaways',
];
const impact: Field = { of: 'statements', longest: 260, least: 3, most: 6 };
const line: Field = { of: 'statements', longest: 240, least: 2, most: 6 };
const takeaway: Field = { of: 'statements', longest: 180, least: 2, most: 5 };

/** Every sentence of a card that needs something behind it. */
export function toldByModule(card: ModuleCard): Told[] {
  return [
    ...toldIn('businessImpact', card.businessImpact),
    ...card.needs.map((each, index) => ({ field: `needs[${index}]`, words: each.need, backing: each })),
    ...card.talkTracks.flatMap(({ title, lines, show = [] }, index) => [
      ...toldIn(`talkTracks[${index}].lines`, lines),
      ...(show.length === 0 ? [] : [{ field: `talkTracks[${index}].show`, words: title, backing: { provenBy: show } }]),
    ]),
    ...card.objections.map((each, index) => ({ field: `objections[${index}]`, words: each.objection, backing: each })),
    ...card.opinions.flatMap(({ rows }, table) =>
      rows.flatMap((cells, row) =>
        cells.flatMap((cell, column) =>
          typeof cell === 'string'
            ? []
            : [{ field: `opinions[${table}].rows[${row}][${column}]`, words: cell.says, backing: cell }],
        ),
      ),
    ),
    ...takeaways.flatMap((whom) => toldIn(`keyTakeaways.${whom}`, card.keyTakeaways[whom])),
  ];
}

/** What in a card does not fit the curriculum, one line each with its field. */
export function moduleCardFaults(card: ModuleCard, curriculum: Curriculum): string[] {
  const shape = shapeFaults(card);
  if (shape.length > 0) return shape;
  const known = curriculum.modules.some(({ module }) => module === card.module);
  return [
    ...(known ? [] : [`module: ${card.module} is not in the curriculum`]),
    ...backingFaults(toldByModule(card), curriculum),
  ];
}

function shapeFaults(card: ModuleCard): string[] {
  const missing = fields.filter((name) => !(name in card));
  if (missing.length > 0) return missing.map((name) => `${name}: is missing`);
  return [
    ...unknownFields(card, fields),
    ...fieldFaults('businessImpact', card.businessImpact, impact),
    ...card.talkTracks.flatMap(({ lines }, index) => fieldFaults(`talkTracks[${index}].lines`, lines, line)),
    ...takeaways.flatMap((whom) => fieldFaults(`keyTakeaways.${whom}`, card.keyTakeaways[whom], takeaway)),
  ];
}
