/** A shell in which kubectl and istioctl talk to the lab. */
import { useLab } from '../lab/use-lab.ts';
import { interactive } from '../system/program.ts';
import { command } from './command.ts';

await command(async () => {
  await useLab();
  process.stdout.write('kubectl and istioctl talk to the lab here; leave with exit\n');
  return interactive(process.env['SHELL'] ?? 'bash');
});
