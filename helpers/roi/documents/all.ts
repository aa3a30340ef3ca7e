import type { Inputs } from '../inputs.ts';
import { type Measurement, withMeasured } from '../measurements.ts';
import { alternativesDocument, buildVersusBuyDocument } from './build-versus-buy.ts';
import { costsDocument } from './costs.ts';
import { doraDocument } from './dora.ts';
import { valueDocument } from './value.ts';

/** The files of the workshop by name, as Markdown; the first two bear the persona's first name. */
export function documents(inputs: Inputs, measurements: readonly Measurement[]): Map<string, string> {
  const current = withMeasured(inputs, measurements);
  const who = (inputs.persona.split(' ')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '') || 'customer';
  const { company, dora, build } = current;
  const named: [string, string][] = [
    [`${who}-current-costs.md`, costsDocument(current)],
    [`${who}-service-mesh-value.md`, valueDocument(current, measurements)],
    ...(dora === undefined
      ? []
      : [['dora-metrics-improvement.md', doraDocument({ company, dora }, measurements)] as [string, string]]),
    ...(build === undefined
      ? []
      : [
          ['build-vs-buy.md', `${buildVersusBuyDocument({ ...current, build })}\n\n${alternativesDocument()}`] as [
            string,
            string,
          ],
        ]),
  ];
  return new Map(named.map(([name, text]) => [name, `${text}\n`]));
}
