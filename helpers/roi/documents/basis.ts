import type { Basis } from '../cost-line.ts';
import type { Inputs } from '../inputs.ts';

/** Names of the inputs, sorted by where their figures come from, as a Markdown list. */
export function basisOfInputs(inputs: Inputs): string {
  const { team, costs, adopt, build, infrastructure, dora } = inputs;
  const named: [name: string, basis: Basis][] = [
    ['team', team.basis],
    ...costs.flatMap((line): [string, Basis][] => [
      [`cost of ${line.name.toLowerCase()}`, line.basis],
      [`saving by ${line.saving.name.toLowerCase()}`, line.saving.basis],
    ]),
    ['adoption', adopt.basis],
    ['building', build.basis],
    ['machines and their prices', infrastructure.basis],
    ['deployments per week', dora.deploymentsPerWeek.basis],
    ['lead time', dora.leadTimeDays.basis],
    ['change failure rate', dora.changeFailurePercent.basis],
    ['recovery time', dora.recoverySeconds.basis],
  ];
  return (['measured', 'given', 'assumed'] as const)
    .map((basis) => {
      const names = named.filter(([, of]) => of === basis).map(([name]) => name);
      return `- ${basis}: ${names.join(', ') || 'none'}`;
    })
    .join('\n');
}
