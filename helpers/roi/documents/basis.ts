import type { Basis } from '../cost-line.ts';
import type { Inputs } from '../inputs.ts';

/** Names of the inputs, sorted by where their figures come from, as a Markdown list. */
export function basisOfInputs(inputs: Inputs): string {
  const { team, costs, adopt, build, infrastructure, namespaces, dora } = inputs;
  const named: [name: string, basis: Basis][] = [
    ['team', team.basis],
    ...ifCounted(team),
    ...costs.flatMap((line): [string, Basis][] => [
      [`cost of ${line.name.toLowerCase()}`, line.basis],
      [`saving by ${line.saving.name.toLowerCase()}`, line.saving.basis],
    ]),
    ['adoption', adopt.basis],
    ...ifTold('building', build),
    ['machines and their prices', infrastructure.basis],
    ...ifCounted(infrastructure),
    ...ifTold('groups of namespaces', namespaces),
    ...ifTold('deployments per week', dora?.deploymentsPerWeek),
    ...ifTold('lead time', dora?.leadTimeDays),
    ...ifTold('change failure rate', dora?.changeFailurePercent),
    ...ifTold('recovery time', dora?.recoverySeconds),
  ];
  return (['measured', 'given', 'assumed'] as const)
    .map((basis) => {
      const names = named.filter(([, of]) => of === basis).map(([name]) => name);
      return `- ${basis}: ${names.join(', ') || 'none'}`;
    })
    .join('\n');
}

function ifTold(name: string, part: { readonly basis: Basis } | undefined): [name: string, basis: Basis][] {
  return part === undefined ? [] : [[name, part.basis]];
}

function ifCounted({ counted }: { readonly counted: string | undefined }): [name: string, basis: Basis][] {
  return counted === undefined ? [] : [[`${counted} (counted)`, 'given']];
}
