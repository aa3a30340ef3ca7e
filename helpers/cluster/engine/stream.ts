import type { Engine } from './engine.ts';

/** Posts to a path of the engine's API that dockerode has no word for, query included; what it answers, as it comes. */
export async function dialled(engine: Engine, path: string): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    // docker-modem cuts the last character of a path that holds a question mark.
    const request = { path: `${path}&`, method: 'POST', isStream: true, statusCodes: { 200: true } };
    engine.api.modem.dial(request, (error, stream) => {
      if (error === null) resolve(stream as NodeJS.ReadableStream);
      else reject(error);
    });
  });
}

/** Reads the progress of a pull or push to its end. @throws {Error} with the engine's own words if it failed */
export async function finished(engine: Engine, stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    engine.api.modem.followProgress(
      stream,
      (error, events: readonly { error?: string }[]) => {
        const said = error?.message ?? events.find((event) => event.error !== undefined)?.error;
        if (said === undefined) resolve();
        else reject(new Error(said));
      },
      () => {},
    );
  });
}
