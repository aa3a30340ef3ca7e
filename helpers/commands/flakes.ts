import { warningShare } from '../record/record.ts';
import { flakes, readHistory, worstWaits } from '../runs/history.ts';
/** Prints which exercises ended both ways on one commit and versions, and the waits that came closest to deadlines. */
import { UsageProblem } from '../system/errors.ts';
import { command } from './command.ts';

await command(async () => {
  const history = await readHistory();
  if (history.length === 0) throw new UsageProblem('no run of the course is on record', 'make course');
  const flaky = flakes(history);
  process.stdout.write(`${history.length} runs on record, the last of ${history.at(-1)?.date ?? ''}\n`);
  process.stdout.write(flaky.length === 0 ? 'no exercise ended both ways\n' : 'ended both ways:\n');
  for (const { path, passed, runs } of flaky) process.stdout.write(`  ${path}: passed ${passed} of ${runs}\n`);
  process.stdout.write('waits closest to their deadlines:\n');
  for (const { path, reason, seconds, share } of worstWaits(history, 10)) {
    const mark = share > warningShare ? 'close' : '     ';
    process.stdout.write(
      `  ${mark}  ${String(Math.round(share * 100)).padStart(3)} %  ${seconds.toFixed(1).padStart(5)} s  ${path}: ${reason}\n`,
    );
  }
  return 0;
});
