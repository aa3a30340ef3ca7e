import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

import { inject } from 'vitest';

import { type Audience, goOn, nobody, Stopped, type Told } from '../record/audience.ts';
import { projectRoot } from '../system/paths.ts';
import type { Transcript } from '../system/program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket of the terminal that an exercise is presented on; empty where it is not. */
    presenter: string;
  }
}

/** True where a person says when an exercise goes on, so that it must not run out of time. */
export function isPresented(): boolean {
  const socket: string | undefined = inject('presenter');
  return socket !== undefined && socket !== '';
}

/** Whoever watches the exercises of this run: a presenter, the lines below the report of a run, or nobody. */
export async function audienceOfRun(): Promise<Audience> {
  if (isPresented()) return presenterOn(inject('presenter'));
  // Lessons run in other processes, whose console is what a watcher sees.
  return inject('watched') ? { ...nobody, step: async (title) => console.log(title) } : nobody;
}

/** Whoever presents exercises at the other end of a socket. */
export async function presenterOn(socket: string): Promise<Audience> {
  const connection = createConnection(socket);
  await once(connection, 'connect');
  connection.unref();
  const answers = createInterface(connection)[Symbol.asyncIterator]();
  // What is told at the same time is answered in its order.
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (line: Told): Promise<boolean> => {
    const before = last;
    const answered = (async () => {
      await before;
      connection.write(`${JSON.stringify(line).replaceAll(`${projectRoot}/`, '')}\n`);
      return (await answers.next()).value === goOn;
    })();
    last = answered.catch(() => false);
    return answered;
  };
  const tell = async (line: Told): Promise<void> => {
    if (!(await ask(line))) throw new Stopped('Stopped by the person who sits at the terminal');
  };
  return {
    step: async (title) => tell({ kind: 'step', title }),
    before: async (typed, expected, goesOn) => tell({ kind: 'before', typed, expected, goesOn }),
    after: async ({ stdout, stderr, exitCode }: Transcript) => tell({ kind: 'after', stdout, stderr, exitCode }),
    called: async (call) => tell({ kind: 'called', call }),
    found: async (sentence, evidence, figures) => tell({ kind: 'found', sentence, evidence, figures }),
    held: async () => tell({ kind: 'held' }),
    failed: async (message) => ask({ kind: 'failed', message }),
  };
}
