import type { Demo } from '../../curriculum/demos.ts';
import type { ModuleCard } from '../../curriculum/module-card.ts';
import type { Answer, Backing } from '../../curriculum/statement.ts';
import { escapeHtml } from '../../draw/escape.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Content, Ground, Proofs } from './sheet.ts';

/** How much of each module a card has. */
const most = { pressure: 2, needs: 2 };

/** A card for each customer of the course: who it is, what is needed, what to ask, what to show, what to expect. */
export function personasSheet(demos: readonly Demo[]): Content {
  return (proofs, ground) => {
    const personas = [...Map.groupBy(ground.cards.modules, ({ persona }) => persona)];
    const cards = personas.map(([persona, own]) => cardHtml(persona, own, demos, proofs, ground));
    return `<div class="cards">${cards.join('')}</div>`;
  };
}

function cardHtml(
  persona: string,
  modules: readonly ModuleCard[],
  demos: readonly Demo[],
  proofs: Proofs,
  ground: Ground,
): string {
  const [first] = modules;
  return [
    `<section class="card"><h2>${escapeHtml(persona)}</h2>`,
    first === undefined ? '' : `<p>${escapeHtml(first.role)}.</p>`,
    ...modules.map((card) => moduleHtml(card, demos, proofs, ground)),
    '</section>',
  ].join('');
}

function moduleHtml(card: ModuleCard, demos: readonly Demo[], proofs: Proofs, ground: Ground): string {
  const module = ground.curriculum.modules.find((each) => each.module === card.module);
  const demo = demos.find(({ path }) => module !== undefined && path.startsWith(`${module.folder}/`));
  const [opening] = demo?.beats ?? [];
  const needs = proven(card.needs, proofs).slice(0, most.needs);
  const objection = trapped(card, proofs);
  return [
    `<h3>${escapeHtml(module?.title ?? card.module)}</h3>`,
    line('Pressure', card.pressure.slice(0, most.pressure).map(escapeHtml).join(' ')),
    line('They ask', questionHtml(card, ground.run)),
    opening === undefined ? '' : line('Ask them', `“${escapeHtml(opening.ask)}”`),
    ...needs.map((each) => line(escapeHtml(each.need), proofs.says(each.answer, each))),
    objection === undefined
      ? ''
      : line('Expect', `<i>${escapeHtml(objection.objection)}</i> ${proofs.says(objection.answer, objection)}`),
    ...(objection?.errata ?? []).slice(0, 1).map((id) => line('Trap', proofs.wrong(id, ground))),
    line('Not proven in this run', untoldHtml(card, [...needs, objection], proofs)),
  ].join('');
}

/** What stands behind the other answers of a module and the run does not prove: it is named, although there is no room for them. */
function untoldHtml({ needs, objections }: ModuleCard, told: readonly (Backing | undefined)[], proofs: Proofs): string {
  const lacking = ({ provenBy = [] }: Backing) => provenBy.filter((id) => !proofs.holds([id]));
  const untold = (each: Backing) => !told.includes(each) && lacking(each).length > 0;
  const ids = objections.filter(untold).flatMap(lacking);
  return [
    ...needs.filter(untold).map((each) => `${escapeHtml(each.need)} ${proofs.ids(lacking(each))}`),
    ...(ids.length === 0 ? [] : [`answers to objections ${proofs.ids([...new Set(ids)])}`]),
  ].join('; ');
}

/** What the run proves first, then the rest, which says that it is not. */
function proven<T extends Answer>(answers: readonly T[], proofs: Proofs): T[] {
  return answers.toSorted((a, b) => Number(proofs.holds(b.provenBy ?? [])) - Number(proofs.holds(a.provenBy ?? [])));
}

/** The objection to prepare for: one in whose answer a wrong sentence lies near. */
function trapped({ objections }: ModuleCard, proofs: Proofs): ModuleCard['objections'][number] | undefined {
  const answered = objections.filter(({ provenBy = [] }) => provenBy.length > 0);
  const told = proven(answered, proofs);
  return told.find(({ errata = [] }) => errata.length > 0) ?? told[0] ?? objections[0];
}

/** A question of the persona, as an exercise has it that the module's first answer rests on. */
function questionHtml({ needs }: ModuleCard, run: RunRecord): string {
  const [id] = needs[0]?.provenBy ?? [];
  const exercise = run.exercises.find(({ card }) => id !== undefined && card?.proves.includes(id));
  return exercise?.card === undefined ? '' : `“${escapeHtml(exercise.card.question)}”`;
}

function line(head: string, html: string): string {
  return html === '' ? '' : `<p><b>${head}:</b> ${html}</p>`;
}
