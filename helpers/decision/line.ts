import type { Customer } from './customer.ts';
import type { Shown } from './shown.ts';

/** Who decides what a rule is about: the platform for all, the platform until a team has a reason, or the team. */
export type Place = 'floor' | 'default' | 'team’s own';

/**
 * What a line does where it is shown. `outside` and `sidecars` settle it, `ambient` speaks for ambient, and `needed` must be
 * shown before anything is moved there. What is `weighed` decides nothing.
 */
export type Towards = 'outside' | 'sidecars' | 'ambient' | 'needed' | 'weighed';

/** What a rule has to say to a customer, if a run shows it. */
export interface Draft {
  readonly rule: string;
  readonly place: Place;
  /** What was calculated, measured or seen. */
  readonly seen: string;
  /** What follows from it for its groups. */
  readonly means: string;
  /** Assertions of the curriculum that show it; none for a judgement. */
  readonly ids: readonly string[];
  /** Names of the groups that it is about. */
  readonly groups: readonly string[];
  readonly towards: Towards;
}

/** The same, once it was looked at what a run has shown. */
export interface Line extends Draft {
  readonly state: 'shown' | 'not shown' | 'opinion';
}

/** A rule of the record; a pure function, so that the same results make the same record. */
export type Rule = (customer: Customer, shown: Shown) => readonly Draft[];
