import type { Curriculum } from './curriculum.ts';
import { rolePlayShapeFaults } from './role-play-fields.ts';
import { holds, type Stands } from './standing.ts';
import { backingFaults, type Statement, type Told, toldIn } from './statement.ts';

/** A question that the player may ask the customer before the first objection. */
export interface Inquiry {
  readonly ask: string;
  /** What the customer answers. */
  readonly answer: string;
  /** What the answer is good for later; missing where it leads nowhere. */
  readonly fact?: string;
}

/** A sentence that loses the objection, with what shows that it is wrong. */
export interface Trap extends Statement {
  /** Regular expressions for words that sound like it, besides those that its errata forbid. */
  readonly phrases?: readonly string[];
}

/** What the customer objects, and what a good answer holds: a point for each of its three parts. */
export interface Objection {
  readonly objection: string;
  /** What is right about it, to be said first. */
  readonly fair: Statement;
  /** What the course has to say to it; without results behind it, all of them proven, its point cannot be won. */
  readonly result: Statement;
  /** What is not shown or does not hold, to be said before anyone asks. */
  readonly limit: Statement;
  readonly trap: Trap;
  readonly hint: string;
}

/** A talk with a customer, to be practised; read from a file of specs/practice/role-plays. */
export interface RolePlay {
  /** What it is called by: `make role-play SCENARIO=sarah`. */
  readonly scenario: string;
  readonly title: string;
  /** Who objects. */
  readonly customer: string;
  /** How long the talk may take. */
  readonly minutes: number;
  readonly stage: string;
  /** What the customer says first. */
  readonly opening: string;
  readonly inquiries: readonly Inquiry[];
  readonly objections: readonly Objection[];
  /** What brings a lost point back. */
  readonly restores: string;
  /** What the talk should end with. */
  readonly close: Statement;
  /** An answer to the whole of it. */
  readonly model: readonly { readonly title: string; readonly lines: readonly Statement[] }[];
  /** Questions to ask oneself afterwards. */
  readonly debrief: readonly string[];
}

/** How many inquiries a player has. */
export const inquiriesAsked = 4;

/** Parts of an objection that bring a point each, in the order in which they should be said. */
export const parts = ['fair', 'result', 'limit'] as const;

/** True where the result for an objection has something behind it, and all of that is proven: its point can be won. */
export function canBeWon({ result }: Objection, stands: Stands): boolean {
  return (result.provenBy ?? []).length > 0 && holds(result, stands);
}

/** Characters that fit the customer's page of A4 beside ids and marks: 3,200 fill three quarters of it. */
const fitPaper = 4_000;

/** Every sentence of a role-play that has something behind it. */
export function toldByRolePlay({ objections, close, model }: RolePlay): Told[] {
  const single = (field: string, statement: Statement): Told => ({ field, words: statement.says, backing: statement });
  return [
    ...objections.flatMap((each, index) => [
      ...parts.map((part) => single(`objections[${index}].${part}`, each[part])),
      single(`objections[${index}].trap`, each.trap),
    ]),
    single('close', close),
    ...model.flatMap(({ lines }, index) => toldIn(`model[${index}].lines`, lines)),
  ];
}

/** What in a role-play does not fit the curriculum, one line each with its field. */
export function rolePlayFaults(card: RolePlay, curriculum: Curriculum): string[] {
  const shape = rolePlayShapeFaults(card);
  if (shape.length > 0) return shape;
  const facts = card.inquiries.filter(({ fact }) => fact !== undefined).length;
  return [
    ...(facts < inquiriesAsked ? [`inquiries: ${facts} lead somewhere, ${inquiriesAsked} are asked`] : []),
    ...card.objections.flatMap(({ trap: { phrases = [] } }, index) => phraseFaultsOf(`objections[${index}]`, phrases)),
    ...paperFaults(card),
    ...backingFaults(toldByRolePlay(card), curriculum),
  ];
}

/** The customer's sheet is printed on one page. */
function paperFaults({ title, stage, opening, inquiries, objections, close, restores }: RolePlay): string[] {
  const printed = [
    title,
    stage,
    opening,
    ...inquiries.flatMap(({ ask, answer, fact = '' }) => [ask, answer, fact]),
    ...objections.flatMap(({ objection, trap, ...each }) => [
      objection,
      trap.says,
      ...parts.map((part) => each[part].says),
    ]),
    close.says,
    restores,
  ].join('').length;
  return printed > fitPaper
    ? [`objections: with all else ${printed} characters are printed, ${fitPaper} fit a page`]
    : [];
}

function phraseFaultsOf(place: string, phrases: readonly string[]): string[] {
  return phrases.flatMap((phrase) => {
    try {
      return new RegExp(phrase, 'i').test('') ? [`${place}.trap.phrases: “${phrase}” fits everything`] : [];
    } catch {
      return [`${place}.trap.phrases: “${phrase}” is no regular expression`];
    }
  });
}
