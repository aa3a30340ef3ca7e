/**
 * Presents an exercise on the lab that is up: make demo-security, or with the name in DEMO. Enter goes on, n shows the notes, q ends it; everything is
 * taken back in any case. With PRESENT=auto, or where no terminal is there, nothing stops: a rehearsal, red where the whole
 * takes longer than the demo may.
 */
import { readCurriculum } from '../curriculum/curriculum.ts';
import { demoNamed, readDemos } from '../curriculum/demos.ts';
import { serverVersions } from '../lab/facts.ts';
import { DemoStage } from '../present/demo-stage.ts';
import { demoKeys } from '../present/keys.ts';
import { screenWidth } from '../present/screen-width.ts';
import { addProgress } from '../progress/progress.ts';
import { lastGreen } from '../runs/last-green.ts';
import { UsageProblem } from '../system/errors.ts';
import { atTerminal } from './at-terminal.ts';
import { command } from './command.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const demo = demoNamed(await readDemos(curriculum), namedDemo(), 'demo');
  const recording = await lastGreen(demo.path);
  return atTerminal([demo.file], demoKeys, async ({ wish, stopped, present }) => {
    const versions = await serverVersions();
    const ground = `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`;
    for (;;) {
      const stage = new DemoStage({
        demo,
        curriculum,
        recording,
        ground,
        say,
        wish,
        now: () => performance.now(),
        width: screenWidth(process.stdout.columns),
      });
      const { tests, leftovers } = await present(demo.file, (told) => stage.show(told));
      const { state = 'failed', reason = 'It could not be run.' } = tests[0] ?? {};
      if (state === 'failed' && !stopped()) await stage.brokeOff(reason);
      if (stage.again && !stopped()) continue;
      const exitCode = stage.conclude({ state, reason, leftovers, stopped: stopped() });
      if (wish !== undefined && !stopped() && state !== 'skipped') {
        await addProgress({ kind: 'presented', date: new Date().toISOString(), demo: demo.demo, live: exitCode === 0 });
      }
      return exitCode;
    }
  });
});

/** The name that a target of make has for its demo, or the one in DEMO. @throws {UsageProblem} if they are two */
function namedDemo(): string | undefined {
  const [, , ofTarget] = process.argv;
  const { DEMO } = given('DEMO');
  if (ofTarget === undefined || DEMO === undefined || DEMO === ofTarget) return ofTarget ?? DEMO;
  throw new UsageProblem(
    `DEMO=${DEMO} is another demo than demo-${ofTarget} presents`,
    `leave DEMO out: make demo-${ofTarget}`,
  );
}
