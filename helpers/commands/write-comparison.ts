import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { notesBetween } from '../lab/assemble/istio-notes.ts';
import { type Comparison, driftHtml, driftMarkdown } from '../runs/drift-page.ts';
import { apiDrift, drift } from '../runs/drift.ts';

/** Writes what differs between two runs into a folder, as drift.md and drift.html. */
export async function writeComparison(
  { a, b, factor }: Pick<Comparison, 'a' | 'b' | 'factor'>,
  folder: string,
): Promise<Comparison & { readonly files: readonly string[] }> {
  const { errata } = await readCurriculum();
  const comparison: Comparison = {
    a,
    b,
    factor,
    drifts: [...apiDrift(a.facts.deprecatedApis, b.facts.deprecatedApis), ...drift(a.exercises, b.exercises, factor)],
    notes: await notesBetween(a.facts.versions['istiod'] ?? '', b.facts.versions['istiod'] ?? ''),
    claims: new Map(errata.map(({ id, claim }) => [id, claim])),
  };
  await mkdir(folder, { recursive: true });
  const [markdown, html] = [join(folder, 'drift.md'), join(folder, 'drift.html')];
  await writeFile(markdown, driftMarkdown(comparison));
  await writeFile(html, driftHtml(comparison));
  return { ...comparison, files: [markdown, html] };
}
