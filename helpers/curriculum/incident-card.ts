/** The drill for a person: the faults of its specs, and what is told of them in the incident.yaml beside these. */
import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { parse } from 'yaml';

import { type Question, questions } from '../istio/incident-queries.ts';
import type { IncidentVerdict } from '../istio/incident-verdict.ts';
import type { DrillFault } from '../lesson/incident-drill.ts';
import type { CapabilityName } from '../record/capabilities.ts';
import { neededCapabilities } from '../record/card.ts';
import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type Backing, backingFaults } from './statement.ts';

/** What a person may take a fault for. */
export interface FaultKind {
  readonly kind: IncidentVerdict['kind'];
  /** In a few words. */
  readonly means: string;
  /** What would be seen if it were so, a sentence or two. */
  readonly wouldShow: string;
}

/** What is told of a fault. */
interface ToldFault extends Backing {
  /** Its lesson manifest, below the fixture folder of the exercise. */
  readonly manifest: string;
  /** What somebody outside tells of it. */
  readonly customer: string;
  /** Components that are right. */
  readonly names: readonly string[];
  /** A component that is nearly right. */
  readonly partOf?: string;
  /** The query that names it. */
  readonly decides: Question;
  readonly hint: string;
  /** Why that query names it, for afterwards. */
  readonly why: string;
}

/** A fault that a drill may hide, and what the cluster needs for it. */
export interface HiddenFault extends ToldFault, Pick<DrillFault, 'kind' | 'component'> {
  readonly needs: readonly CapabilityName[];
}

/** What incident.yaml says. */
export interface IncidentCard {
  readonly stage: string;
  readonly fair: string;
  readonly kinds: readonly FaultKind[];
  readonly faults: readonly ToldFault[];
}

/** The drill: its card, with all that its specs know of the faults. */
export interface IncidentExercise extends Omit<IncidentCard, 'faults'> {
  /** Folder of the exercise below specs/ and fixtures/. */
  readonly folder: string;
  /** Its spec files. */
  readonly specs: readonly string[];
  readonly faults: readonly HiddenFault[];
}

/** A fault as the text of a spec has it. */
type SpecFault = Pick<HiddenFault, 'kind' | 'component' | 'manifest' | 'needs'>;

const faultInText = /\{\s*file: '([^']+)',\s*kind: (?:'([^']+)'|"([^"]+)"),\s*component: '([^']+)',?\s*\}/g;

/** The faults in the text of a spec, read without running it. */
export function drillFaults(spec: string): DrillFault[] {
  return Array.from(spec.matchAll(faultInText), ([, file = '', single, double = '', component = '']) => ({
    file,
    kind: (single ?? double) as DrillFault['kind'],
    component,
  }));
}

/**
 * Reads the drill of the course.
 *
 * @throws with every fault found, when its card does not fit its specs and the curriculum
 */
export async function readIncidentExercise(curriculum: Curriculum, specs = specsDir): Promise<IncidentExercise> {
  const [place] = await Array.fromAsync(glob('*/*/incident.yaml', { cwd: specs }));
  if (place === undefined) throw new Error(`There is no incident.yaml below ${specs}`);
  const folder = dirname(place);
  const card = parse(await readFile(join(specs, place), 'utf8')) as IncidentCard;
  const files = (await Array.fromAsync(glob('*.spec.ts', { cwd: join(specs, folder) }))).toSorted();
  const inSpecs = (await Promise.all(files.map(async (file) => faultsIn(join(specs, folder, file))))).flat();
  const wrong = incidentFaults(card, inSpecs, curriculum);
  if (wrong.length > 0) throw new Error(wrong.map((each) => `specs/${place} ${each}`).join('\n'));
  return {
    ...card,
    folder,
    specs: files.map((file) => join(specs, folder, file)),
    faults: card.faults.flatMap((told) =>
      inSpecs.filter(({ manifest }) => manifest === told.manifest).map((found) => Object.assign({}, told, found)),
    ),
  };
}

async function faultsIn(file: string): Promise<SpecFault[]> {
  const text = await readFile(file, 'utf8');
  const needs = neededCapabilities(text);
  return drillFaults(text).map(({ file: manifest, kind, component }) => {
    return { kind, component, needs, manifest: `${basename(file, '.spec.ts')}/${manifest}` };
  });
}

/** What in a card fits neither the specs nor the curriculum, one line each with its field. */
export function incidentFaults(card: IncidentCard, inSpecs: readonly SpecFault[], curriculum: Curriculum): string[] {
  const { stage, fair, kinds, faults } = card;
  const untold = inSpecs.filter((each) => !faults.some(({ manifest }) => manifest === each.manifest));
  return [
    ...[stage, fair].flatMap((words) => (words.trim() === '' ? ['stage, fair: have no words'] : [])),
    ...untold.map(({ manifest }) => `faults: nothing is told of ${manifest}`),
    ...faults.flatMap((told, index) => toldFaults(`faults[${index}]`, told, { kinds, inSpecs, curriculum })),
  ];
}

/** What the words about a fault must fit. */
interface Around {
  readonly kinds: readonly FaultKind[];
  readonly inSpecs: readonly SpecFault[];
  readonly curriculum: Curriculum;
}

function toldFaults(field: string, told: ToldFault, { kinds, inSpecs, curriculum }: Around): string[] {
  const { manifest, names, decides, why } = told;
  const found = inSpecs.find((each) => each.manifest === manifest);
  if (found === undefined) return [`${field}.manifest: ${manifest} is no fault of the specs`];
  const { kind, component } = found;
  return [
    ...(kinds.some((each) => each.kind === kind) ? [] : [`kinds: ${kind} cannot be guessed`]),
    ...(component.split(/[^\w-]+/).some((word) => names.includes(word))
      ? []
      : [`${field}.names: has nothing of “${component}”`]),
    ...(questions.includes(decides) ? [] : [`${field}.decides: ${decides} is no query`]),
    ...backingFaults([{ field: `${field}.why`, words: why, backing: told }], curriculum),
  ];
}
