/** One worked example: which rule, what it is of, what the calculator gives, and what was calculated by hand. */
export type Vector = readonly [rule: string, what: string, given: number | string, byHand: number | string];
