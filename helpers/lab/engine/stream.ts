import type { Engine } from './engine.ts';

/** Asks for a path of the engine's API that dockerode has no word for; what it answers, as it comes. */
export async function dialled(engine: Engine, method: 'GET' | 'POST', path: string): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    // docker-modem cuts the last character of a path that holds a question mark.
    const request = { path: `${path}&`, method, isStream: true, statusCodes: { 200: true } };
    engine.api.modem.dial(request, (error, stream) => {
      if (error === null) resolve(stream as NodeJS.ReadableStream);
      else reject(error);
    });
  });
}

/** Lines of output that an error takes with it. */
const lastLines = 20;

/**
 * Reads the progress of a build, pull or push to its end.
 *
 * @throws {Error} with the engine's own words, and the last lines of a build's output, if it failed
 */
export async function finished(engine: Engine, stream: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  let failure: string | undefined;
  await new Promise<void>((resolve, reject) => {
    engine.api.modem.followProgress(
      stream,
      (error) => {
        const said = failure ?? error?.message;
        if (said === undefined) resolve();
        else reject(new Error([said, ...lines.slice(-lastLines)].join('\n')));
      },
      (event: { stream?: string; error?: string }) => {
        failure ??= event.error;
        if (event.stream !== undefined) lines.push(event.stream.trimEnd());
      },
    );
  });
}
