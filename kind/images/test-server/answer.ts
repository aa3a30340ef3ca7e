import type { IncomingHttpHeaders } from 'node:http';

import type { DatabaseAnswer } from './database.ts';
import type { NextAnswer } from './next-hop.ts';

/** Body of the answer to every call but those of the control paths; the pod comes first, before that of a next hop. */
export interface Answer {
  readonly pod: string;
  readonly version: string;
  readonly method: string;
  /** As asked for, with its query. */
  readonly path: string;
  /** As this pod saw them. */
  readonly headers: IncomingHttpHeaders;
  readonly key: string;
  /** Calls of this key that this pod has had, with this one. */
  readonly hits: number;
  /** Which of the connections to this pod the call came on, from 1. */
  readonly connection: number;
  /** Why the call failed, if a fault made it. */
  readonly fault?: string;
  readonly database?: DatabaseAnswer;
  readonly next?: NextAnswer;
}

/** Body of a 400. */
export interface Refusal {
  readonly pod: string;
  readonly error: string;
}
