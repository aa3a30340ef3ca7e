import { adoptTotal, buildTotal, cheaperLimitPercent, cheaperPercent, comparisonOf } from '../build.ts';
import { count, halfUp, money, percent, reductionPercent } from '../figures.ts';
import type { Inputs, WholeInputs } from '../inputs.ts';
import { engineering } from '../investment.ts';

/** Building a mesh against adopting Istio over a horizon, and what partial tools prove, as Markdown. */
export function buildVersusBuyDocument(inputs: Inputs & Pick<WholeInputs, 'build'>): string {
  const { company, engineerPerYear, build, adopt } = inputs;
  const comparison = comparisonOf(inputs);
  const { best, worst } = build.parityMonths;
  const parity = (months: number) => money(engineering(engineerPerYear, build.engineers, months));
  const adoptMonths = [adopt.migration.months, adopt.learning.months + adopt.migration.months] as const;
  const faster = (months: number) =>
    `${percent(reductionPercent(best, months))} to ${percent(reductionPercent(worst, months))}`;
  return [
    `# Build or adopt: ${company}`,
    `An engineer is ${money(engineerPerYear)} a year everywhere on this page.`,
    '## Build',
    [
      `- First release: ${count(build.engineers)} engineers × ${count(build.months)} months = ${money(comparison.build.first)}`,
      `- What Istio does, after ${count(best)} to ${count(worst)} months: ${parity(best)} to ${parity(worst)}`,
      `- Maintenance: ${count(build.maintenanceEngineers)} engineers = ${money(comparison.build.perYear)} a year`,
      '- Risks: features not built meanwhile, security holes found by nobody else, growth of the load',
    ].join('\n'),
    '## Adopt Istio',
    [
      work('Learning', adopt.learning, engineerPerYear),
      work('Migration', adopt.migration, engineerPerYear),
      `- Operations: ${count(adopt.operationsEngineers)} engineers = ${money(comparison.adopt.perYear)} a year`,
      '- Gains: a picture of the calls from the first day, a project of the CNCF that is graduated since July 2023, engineers left for the product',
      '- Risks: a version to upgrade every few months, a proxy in the path of every call',
    ].join('\n'),
    '## Over the years',
    [
      '| years | build | adopt | adopting is cheaper by |',
      '|---|---|---|---|',
      ...[1, 3, 5, 10].map(
        (years) =>
          `| ${years} | ${money(buildTotal(comparison, years))} | ${money(adoptTotal(comparison, years))} | ${percent(cheaperPercent(comparison, years))} |`,
      ),
    ].join('\n'),
    [
      comparison.build.perYear === 0
        ? ''
        : `In the end the difference tends to ${percent(cheaperLimitPercent(comparison))}.`,
      `Adopting takes ${count(adoptMonths[0])} months, or ${count(adoptMonths[1])} with learning first, against ${count(best)} to ${count(worst)}: ${faster(adoptMonths[0])} faster, or ${faster(adoptMonths[1])}.`,
      `For 95 % it would have to take ${halfUp(best * 0.05, 1)} to ${halfUp(worst * 0.05, 1)} months.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    `Who runs Istio, and what for, is to be had from the companies themselves: https://istio.io/latest/about/case-studies/`,
  ].join('\n\n');
}

/** The second part of the page: tools that solve a part of the problem. */
export function alternativesDocument(): string {
  return [
    '# Tools that do a part of it',
    [
      '| tool | does | does not | with a mesh |',
      '|---|---|---|---|',
      '| Rollout controllers (Argo Rollouts, Flagger) | shift traffic step by step, judge a release by metrics, roll back | identity of callers, encryption, one telemetry for all | the controller decides, the mesh moves the traffic |',
      '| Gateways (NGINX, Envoy Gateway) | traffic from outside, policies at the edge | calls between services: neither encrypted nor authorised | enough while services hardly call one another |',
      '| Application performance monitoring | what happens inside a process, traces where headers are passed on | enforcing anything; calls of programs without its agent | the mesh adds every call between services to it |',
    ].join('\n'),
    'Keep the tools that work, and add the mesh where the same answer is needed from every team.',
  ].join('\n\n');
}

function work(name: string, { engineers, months }: Inputs['adopt']['learning'], perYear: number): string {
  return `- ${name}: ${count(engineers)} engineers × ${count(months)} months = ${money(engineering(perYear, engineers, months))}`;
}
