import { type Concept, type Concepts } from '../../curriculum/concepts.ts';
import { escapeHtml } from '../../draw/escape.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Content, Proofs } from './sheet.ts';

/** The words of the field, each with the takeaway of the exercise that explains it; beside them what is often told wrong. */
export function conceptsSheet({ bands, wrong }: Concepts): Content {
  return (proofs, ground) => {
    const told = bands.map(
      ({ title, terms }) =>
        `<h2>${escapeHtml(title)}</h2>${terms.map((each) => termHtml(each, proofs, ground.run)).join('')}`,
    );
    const errata = wrong.map((id) => `<p>${proofs.wrong(id, ground)}</p>`);
    return `<div class="margin"><div>${told.join('')}</div><div><h2>Often said, and wrong</h2>${errata.join('')}</div></div>`;
  };
}

function termHtml({ term, provenBy }: Concept, proofs: Proofs, run: RunRecord): string {
  const exercise = run.exercises.find(({ status, card }) => status === 'passed' && card?.proves.includes(provenBy));
  const takeaway = exercise?.card?.takeaway;
  const sentence =
    takeaway === undefined ? '<span class="unproven">not proven in this run</span>' : escapeHtml(takeaway);
  return `<p><b>${escapeHtml(term)}.</b> ${sentence} ${proofs.ids([provenBy])}</p>`;
}
