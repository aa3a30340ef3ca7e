import { isRed } from '../report/pages/matrix-page.ts';
import type { MatrixColumn } from '../runs/matrix.ts';
import { counted, type Item } from './item.ts';

/** How the course ended on each pair of versions that the quarter looks at. */
export function matrixItem(columns: readonly MatrixColumn[]): Item {
  const ran = columns.filter(({ run }) => run !== undefined);
  const red = ran.filter(isRed);
  return {
    title: 'Matrix',
    state: red.length > 0 ? 'bad' : ran.length < columns.length ? 'unknown' : 'good',
    says: `${ran.length} of ${counted(columns.length, 'pair')} of versions run, ${red.length} red. All exercises: reports/matrix/index.html`,
    lines: columns.map(({ pair: { istio, kubernetes }, run }) => {
      const name = `Istio ${istio} on Kubernetes ${kubernetes}`;
      if (run === undefined) return `${name}: not run on this commit`;
      const count = (status: string) => run.exercises.filter((each) => each.status === status).length;
      const [passed, skipped] = [count('passed'), count('skipped')];
      return `${name}, ${run.facts.startedAt.slice(0, 10)}: ${passed} proven, ${run.exercises.length - passed - skipped} not, ${skipped} skipped`;
    }),
  };
}
