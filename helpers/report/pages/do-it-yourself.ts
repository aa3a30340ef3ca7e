import { escapeHtml } from '../../draw/escape.ts';
import { faint } from '../../draw/style.ts';
import { asScript, namesOfThisRun, type Walked, walkThrough } from '../../record/walk-through.ts';

/** One click selects all of it. */
const block =
  'background:#8881;border:1px solid #8884;padding:10px 12px;border-radius:6px;font-size:13px;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all';

/** The commands of an exercise as one block to copy; nothing where it ran none. */
export function doItYourselfHtml(record: Walked): string {
  const steps = walkThrough(record);
  if (steps.length === 0) return '';
  const own = namesOfThisRun(record);
  const named =
    own.length === 0
      ? ''
      : `<p style="${faint}">These names and addresses are of this run; look for yours with <code>kubectl get pods -o wide</code>: ${own.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')}.</p>`;
  return (
    `<p>In a copy of the course, <code>make up${clustersOf(steps)}</code> starts ${clustersOf(steps) === '' ? 'a cluster' : 'the clusters'} with Istio, and <code>make shell</code> opens a terminal in which these commands work as they stand. A click selects all of them; run them one at a time and compare. A change takes some seconds to reach every proxy: where an answer is not yet as above, ask again.</p>` +
    `<pre style="${block}">${escapeHtml(asScript(steps))}</pre>${named}`
  );
}

/** What `make up` needs to be told where the commands name clusters. */
function clustersOf(steps: Parameters<typeof asScript>[0]): string {
  const script = asScript(steps);
  if (/--context edge\b/.test(script)) return ' CLUSTERS=3';
  return /--context (west|east)\b/.test(script) ? ' CLUSTERS=2' : '';
}
