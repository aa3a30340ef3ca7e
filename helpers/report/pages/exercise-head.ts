import type { ExerciseCard } from '../../curriculum/exercise-card.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, section, table } from '../../draw/style.ts';
import { backingHtml, type Evidence, statementsHtml, wordsHtml } from './backing.ts';

/** What stands before the claims of an exercise: what it is for, what came out, and what to say about it. */
export function exerciseHeadHtml(card: ExerciseCard, persona: string, evidence: Evidence): string {
  const { challenge, solution, outcome, counter = [], businessImpact = [], discovered = [] } = card;
  return [
    section('Challenge', `<p>${escapeHtml(challenge)}</p>`),
    section('Solution', `<p>${escapeHtml(solution)}</p>`),
    section('Outcome', statementsHtml('In this exercise', outcome, evidence)),
    section('What the platform team answers', platformHtml(card)),
    section('What to say to it', statementsHtml('Answer', counter, evidence)),
    section(`What ${escapeHtml(persona)} takes from it`, perspectiveHtml(card, persona, evidence)),
    section('Impact on the business', statementsHtml('Statement', businessImpact, evidence)),
    section('What was found', statementsHtml('Finding', discovered, evidence)),
    section('Questions to ask yourself', questionsHtml(card, evidence)),
    section('Now you', nowYouHtml(card.id)),
  ].join('');
}

/** What somebody can do with it who has read it. */
function nowYouHtml(id: string): string {
  return `<p>In a copy of the course, <code>make explain ID=${escapeHtml(id)}</code> asks you what could mislead here, and what rules it out, and <code>make story ID=${escapeHtml(id)} CUSTOMER=…</code> begins a customer’s story with the same three headings.</p>`;
}

function platformHtml({ platformAnswer }: ExerciseCard): string {
  return platformAnswer === undefined ? '' : quoteHtml(escapeHtml(platformAnswer.says), 'the platform team');
}

function perspectiveHtml({ perspective }: ExerciseCard, persona: string, evidence: Evidence): string {
  const { says, ...backing } = perspective;
  const setRight = wordsHtml('', backing, evidence);
  return `${quoteHtml(escapeHtml(says), escapeHtml(persona))}<p>${backingHtml(backing, evidence)}</p>${setRight}`;
}

function quoteHtml(words: string, who: string): string {
  return `<blockquote style="border-left:5px solid #0969da;margin:8px 0;padding:6px 14px">“${words}”<br><span style="${faint}">— ${who}</span></blockquote>`;
}

function questionsHtml({ reflection = [] }: ExerciseCard, evidence: Evidence): string {
  return table(
    ['Question', 'Answer', 'What stands behind it'],
    reflection.map((each) => [
      escapeHtml(each.question),
      wordsHtml(each.answer, each, evidence),
      backingHtml(each, evidence),
    ]),
  );
}
