/** The commands of an exercise as somebody types them who follows it alone. */
import { parseAllDocuments } from 'yaml';

import type { RanCommand } from './observation.ts';
import type { ExerciseRecord } from './record.ts';

/** The commands that one step of an exercise runs. */
export interface WalkStep {
  /** What the step is about: the title of the exercise's step. */
  readonly title: string;
  readonly commands: readonly string[];
}

/** What a walk-through is made from. */
export type Walked = Pick<ExerciseRecord, 'commands' | 'namespaces' | 'manifests'>;

/** Title of the last step, in which what the exercise made goes again. */
const cleanup = 'Clean up';
/** Calls that go on until a file is there, and what is watched, ran while others did, and are known once they have ended. */
const beside = /while \[ ! -e |^kubectl .* --watch$/;
const meshSettings = /^kubectl (?:--context \S+ )?patch --namespace istio-system configmap istio /;
/** How kubectl is called, for each cluster that is named. */
const calledKubectl = /^(kubectl(?: --context \S+)?) /;

/**
 * The commands of a record in their order, step by step: the set-up, the change, the calls, and in the end the removal of
 * what it made. What was asked again and again stands there once.
 */
export function walkThrough(record: Walked): WalkStep[] {
  const steps: { title: string; commands: string[] }[] = [];
  for (const { step, typed } of record.commands) {
    const command = typed.trim();
    const told = beside.test(command) ? [`# in a second terminal, while the commands above run:`, command] : [command];
    const last = steps.at(-1);
    if (last?.title !== step) steps.push({ title: step, commands: told });
    else if (last.commands.at(-1) !== command) last.commands.push(...told);
  }
  const removed = removal(record);
  return removed.length === 0 ? steps : [...steps, { title: cleanup, commands: removed }];
}

function removal({ commands, namespaces, manifests }: Walked): string[] {
  const typed = commands.map((each) => each.typed);
  const outside = manifests.filter(({ yaml }) => homesOf(yaml).some((home) => !namespaces.includes(home)));
  const applied = typed.filter((command) => /^kubectl (?:--context \S+ )?apply -f [^-\s]\S*$/.test(command));
  const left = new Set(
    applied
      .filter((command) => outside.some(({ file }) => command.endsWith(`/${file}`)))
      .map((command) => command.replace(' apply -f ', ' delete -f '))
      .filter((command) => !typed.includes(command)),
  );
  const called = new Set(applied.map((command) => calledKubectl.exec(command)?.[1] ?? 'kubectl'));
  const kubectls = called.size === 0 ? ['kubectl'] : [...called];
  // What one cluster has, another may lack.
  const ifThere = kubectls.length > 1 ? ' --ignore-not-found' : '';
  return [
    ...left,
    ...(namespaces.length === 0
      ? []
      : kubectls.map((kubectl) => `${kubectl} delete namespace ${namespaces.join(' ')}${ifThere}`)),
    ...(typed.some((command) => meshSettings.test(command))
      ? ['# The settings of the whole mesh are changed: make down, make up begins anew.']
      : []),
  ];
}

/** Namespaces in which a manifest has objects; none of what is no YAML. */
function homesOf(yaml: string): string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors.length > 0) return [];
    const object = document.toJS() as { kind?: string; metadata?: { namespace?: string } } | null;
    if (object === null || object.kind === 'Namespace' || object.kind === 'IstioOperator') return [];
    return [object.metadata?.namespace ?? 'default'];
  });
}

/** A walk-through as a script: each step under a comment with its title. */
export function asScript(steps: readonly WalkStep[]): string {
  return steps.map(({ title, commands }) => [`# ${title}`, ...commands].join('\n')).join('\n\n');
}

/** Names that another run of the same commands gives differently, such as those of pods; none where there are none. */
export function namesOfThisRun({ commands }: { readonly commands: readonly Pick<RanCommand, 'typed'>[] }): string[] {
  const generated = /\b[a-z][a-z0-9-]*-[bcdf0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
  const addresses = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
  const found = commands.flatMap(({ typed }) => [...typed.matchAll(generated), ...typed.matchAll(addresses)]);
  return [...new Set(found.map(([name]) => name))].filter((name) => name !== '127.0.0.1' && name !== '0.0.0.0');
}
