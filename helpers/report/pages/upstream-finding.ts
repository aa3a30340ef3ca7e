import type { KnownErratum } from '../../curriculum/curriculum.ts';
import type { Source } from '../../curriculum/sources.ts';
import type { RecordedExercise } from '../../record/record.ts';
import type { RunFacts } from '../../record/run-facts.ts';

/** A claim of others that a run has shown to be wrong, and what showed it. */
export interface UpstreamFinding {
  readonly erratum: KnownErratum;
  /** The exercise that names it and passed. */
  readonly exercise: RecordedExercise;
}

/** What a run has found that belongs into a tracker of others, in the order of the errata. */
export function upstreamFindings(
  errata: readonly KnownErratum[],
  exercises: readonly RecordedExercise[],
): UpstreamFinding[] {
  const passed = exercises.filter(({ status }) => status === 'passed');
  return errata
    .filter(({ reportTo }) => reportTo !== undefined)
    .flatMap((erratum) =>
      passed
        .filter(({ card }) => card?.errata?.includes(erratum.id) === true)
        .map((exercise) => ({ erratum, exercise })),
    );
}

/**
 * A text for that tracker, as Markdown: where it is told, versions, manifests, what was expected and what was seen. It is
 * made of what one run recorded, so whoever sends it can repeat each line.
 */
export function findingText(
  { erratum, exercise }: UpstreamFinding,
  { versions, imageSource, standIns }: Pick<RunFacts, 'versions' | 'imageSource' | 'standIns'>,
  sources: readonly Source[],
): string {
  const told = sources.filter(({ id }) => id === erratum.toldBy);
  const steps = [...new Set([...exercise.manifests, ...exercise.findings].map(({ step }) => step))];
  return [
    `# ${erratum.claim}`,
    `Not so: ${erratum.truth}`,
    `For ${erratum.reportTo}. Nobody has sent it: read it once more, and look whether it is known there.`,
    ...(told.length === 0
      ? []
      : ['## Where it is told', ...told.map(({ title, pages }) => `${title}: ${pages.join(', ')}`)]),
    '## Versions',
    Object.entries(versions)
      .map(([name, version]) => `- ${name}: ${version}`)
      .join('\n'),
    ...(imageSource === 'assembled'
      ? [
          `The images were assembled from public source; in place of the original: ${standIns.map(({ upstream, madeOf }) => `${upstream} (${madeOf})`).join('; ')}.`,
        ]
      : []),
    '## Expected',
    erratum.claim,
    '## Seen',
    `In the exercise “${exercise.claim}”.`,
    ...steps.flatMap((step) => seenIn(step, exercise)),
    '## What stood there before',
    ...exercise.setup.map(({ file, yaml }) =>
      [`<details><summary>${file}</summary>`, '', fenced('yaml', yaml), '', '</details>'].join('\n'),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What one step applied, and what was found true in it. */
function seenIn(step: string, { manifests, findings }: RecordedExercise): string[] {
  const applied = manifests.filter((each) => each.step === step);
  const found = findings.filter((each) => each.step === step && each.superseded !== true);
  return [
    `### ${step}`,
    ...applied.map(({ yaml }) => fenced('yaml', yaml)),
    ...found.flatMap(({ claim, evidence }) => [`${claim}:`, fenced('text', evidence)]),
  ];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}
