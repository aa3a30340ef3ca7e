/** What leads the readers of a report into it: who learns, who maintains the course, who meets a customer. */
import { escapeHtml } from '../../draw/escape.ts';
import { table } from '../../draw/style.ts';
import type { RecordedExercise } from '../../record/record.ts';
import { isClose } from './reliability.ts';

/** Pages of the report that lead on. */
export interface Entrances {
  /** Heads of modules, in the order of the course. */
  readonly modules: readonly { readonly persona: string; readonly title: string; readonly page: string }[];
  /** Exercises that can be presented; the page is undefined where the run did not have them. */
  readonly demos: readonly { readonly name: string; readonly title: string; readonly page: string | undefined }[];
}

/** Failed exercises that are named; the list of exercises has all of them. */
const mostNamed = 5;

/** Three ways into the report, side by side. */
export function readersHtml(exercises: readonly RecordedExercise[], { modules, demos }: Entrances): string {
  const lists = [toLearn(exercises, modules), toMaintain(exercises), toPresent(modules, demos)];
  return table(['I want to learn', 'I maintain this course', 'I meet a customer tomorrow'], [lists.map(list)]);
}

function toLearn(exercises: readonly RecordedExercise[], modules: Entrances['modules']): string[] {
  const [first] = exercises;
  return [
    ...(first === undefined ? [] : [`Begin with ${link(first.page, first.claim)}, and go on from top to bottom.`]),
    ...(modules.length === 0
      ? []
      : [
          `A module begins with whoever asks: ${modules.map(({ page, title, persona }) => `${link(page, title)} (${escapeHtml(persona)})`).join(', ')}.`,
        ]),
    `With a lab of your own, walk through an exercise one command at a time: ${make('up')}, ${make('follow ONLY=m1.e4')}.`,
    `Then find a fault that nobody tells you: ${make('incident')}.`,
    `What is often told wrong, and what is true: ${make('errata')}.`,
    `What you ran and can explain, and what comes next: ${make('progress')}.`,
  ];
}

function toMaintain(exercises: readonly RecordedExercise[]): string[] {
  const failed = exercises.filter(({ status }) => status !== 'passed' && status !== 'skipped');
  const skipped = exercises.filter(({ status }) => status === 'skipped').length;
  const close = exercises.flatMap(({ waits }) => waits).filter(isClose).length;
  const named = failed.slice(0, mostNamed).map(({ page, claim }) => link(page, claim));
  return [
    failed.length === 0
      ? `No exercise failed. Skipped: ${skipped}${skipped === 0 ? '.' : ', each with its reason in the list below.'}`
      : `Failed: ${failed.length}. ${named.join(', ')}${failed.length > named.length ? ' and others in the list below' : ''}. Each page has a diagnosis.`,
    `Waits that used more than three quarters of their deadline: ${close}.`,
    `What differs from the run before: ${make('compare')}. What ends both ways: ${make('flakes')}.`,
    `What of the curriculum is open, id by id: ${make('coverage')}.`,
    `What another release of Istio changes: ${make('matrix')}. What is newer than what is pinned: ${make('refresh')}.`,
    'To correct or add an exercise, read CONTRIBUTING.md.',
  ];
}

function toPresent(modules: Entrances['modules'], demos: Entrances['demos']): string[] {
  const personas = [...Map.groupBy(modules, ({ persona }) => persona)].map(
    ([persona, own]) => `<b>${escapeHtml(persona)}</b> ${own.map(({ page, title }) => link(page, title)).join(', ')}`,
  );
  const shown = demos.map(
    ({ name, title, page }) => `${page === undefined ? escapeHtml(title) : link(page, title)} ${make(`demo-${name}`)}`,
  );
  return [
    ...(personas.length === 0
      ? []
      : [`Whom do you meet? Their needs and objections, with what answers them: ${personas.join('; ')}.`]),
    ...(shown.length === 0 ? [] : [`Show it in five minutes: ${shown.join('; ')}. PRESENT=auto rehearses it.`]),
    `Take five sheets of paper along: ${make('sheets')}.`,
    `Asked for proof of an id such as m1.e4.a2: ${make('evidence ID=m1.e4.a2')}.`,
    `Practise the talk alone: ${make('role-play SCENARIO=sarah')}.`,
    `Calculate with their figures: ${make('roi INPUTS=my-inputs.yaml')}. Ask their own cluster, by reading alone: ${make('discover CONTEXT=name')}.`,
    'Say what is marked as proven, with its limit. What is an opinion says so; call it one.',
  ];
}

function list(items: readonly string[]): string {
  return `<ul style="margin:0;padding-left:18px">${items.map((item) => `<li style="margin-bottom:6px">${item}</li>`).join('')}</ul>`;
}

function link(page: string, words: string): string {
  return `<a href="#${escapeHtml(page)}">${escapeHtml(words)}</a>`;
}

function make(words: string): string {
  return `<code style="white-space:nowrap">make ${escapeHtml(words)}</code>`;
}
