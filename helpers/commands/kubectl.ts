/** kubectl on the lab that is up, with the words of the command line. */
import { useLab } from '../lab/use-lab.ts';
import { run } from '../system/program.ts';
import { command } from './command.ts';

await command(async () => {
  await useLab();
  return (await run('kubectl', process.argv.slice(2), { live: true })).exitCode;
});
