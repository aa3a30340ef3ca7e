/** Kinds of spec files, told by what stands before `.spec.ts`: on what they run, and beside what. */

/** What the lab is while specs of a kind run. */
export type Phase = 'one cluster' | 'two clusters' | 'three clusters' | 'ambient';

/** One kind of spec file. */
export interface SpecKind {
  /** What stands before `.spec.ts`; nothing with those that the others are exceptions to. */
  readonly suffix: string;
  /** Its project of vitest. */
  readonly project: string;
  readonly phase: Phase;
  /** False of those that change what others of their phase see. */
  readonly sideBySide: boolean;
}

/** In the order in which they run. */
export const specKinds: readonly SpecKind[] = [
  { suffix: '', project: 'lessons', phase: 'one cluster', sideBySide: true },
  { suffix: '.mesh-wide', project: 'mesh-wide lessons', phase: 'one cluster', sideBySide: false },
  { suffix: '.two-clusters', project: 'lessons on two clusters', phase: 'two clusters', sideBySide: true },
  { suffix: '.pair-wide', project: 'pair-wide lessons', phase: 'two clusters', sideBySide: false },
  { suffix: '.three-clusters', project: 'lessons on three clusters', phase: 'three clusters', sideBySide: false },
  { suffix: '.ambient', project: 'ambient lessons', phase: 'ambient', sideBySide: true },
  { suffix: '.ambient-alone', project: 'ambient lessons, one at a time', phase: 'ambient', sideBySide: false },
];

/** The phases that have another one within: what is brought for them is there for that one too. */
export const innerPhase: Readonly<Partial<Record<Phase, Phase>>> = { 'two clusters': 'three clusters' };

/** The phases that come one after another. */
export const outerPhases: readonly Phase[] = [...new Set(specKinds.map(({ phase }) => phase))].filter(
  (phase) => !Object.values(innerPhase).includes(phase),
);

const suffixes = specKinds.filter(({ suffix }) => suffix !== '').map(({ suffix }) => suffix);
const ending = new RegExp(`(${suffixes.map((suffix) => suffix.replace('.', '\\.')).join('|')})?\\.spec\\.ts$`);

/** Patterns of the files of a kind, for vitest. */
export function patternsOf({ suffix }: SpecKind): { include: string[]; exclude: string[] } {
  const files = (ends: string) => `specs/**/*${ends}.spec.ts`;
  return { include: [files(suffix)], exclude: suffix === '' ? suffixes.map(files) : [] };
}

/** What a spec file runs on. */
export function phaseOf(file: string): Phase {
  const suffix = ending.exec(file)?.[1] ?? '';
  return specKinds.find((kind) => kind.suffix === suffix)?.phase ?? 'one cluster';
}

/** Path of a spec file without what tells its kind, e.g. `…/01-blocks-the-attacker`. */
export function withoutKind(file: string): string {
  return file.replace(ending, '');
}
