import { RunningCommand } from '../calls/running-command.ts';
import type { Cluster } from '../kube/cluster.ts';
import { step } from '../record/allure.ts';
import type { Recorder } from '../record/recorder.ts';
import { ProgramFailed } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/**
 * Runs kubectl with `--watch` while something else is done, which begins when it has printed a line, and shows what it
 * printed when that is over.
 *
 * @throws {ProgramFailed} if it ends before it prints anything
 */
export async function watchWhile(
  cluster: Cluster,
  recorder: Recorder,
  words: readonly string[],
  during: () => Promise<void>,
): Promise<string[]> {
  return step('Watch what changes meanwhile', async () => {
    await recorder.announce(cluster.typed('kubectl', words));
    const watching = new RunningCommand();
    const over = new AbortController();
    const options = { timeoutMs: timeouts.loadMs, signal: over.signal, onLine: (line: string) => watching.hear(line) };
    const end = cluster.run('kubectl', words, options).then((transcript) => {
      watching.end();
      return transcript;
    });
    try {
      if (!(await watching.hasPrinted())) throw new ProgramFailed(await end);
      await recorder.meanwhile(during);
    } finally {
      over.abort();
      await end;
    }
    // That it was ended is no failure of it.
    await recorder.ran({ ...(await end), stderr: '', exitCode: 0 });
    return watching.printed.split('\n').filter((line) => line !== '');
  });
}
