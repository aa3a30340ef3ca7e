import { text } from 'node:stream/consumers';

import type { Container } from 'dockerode';

/** Runs a program in a running container. Returns what it printed. @throws with the program's output unless it ends well */
export async function inContainer(container: Container, ...argv: string[]): Promise<string> {
  const exec = await container.exec({ Cmd: argv, AttachStdout: true, AttachStderr: true, Tty: true });
  const output = await text(await exec.start({ Tty: true }));
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${argv.join(' ')} exited with ${ExitCode}\n${output.slice(-4000)}`);
  return output;
}
