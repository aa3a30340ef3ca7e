import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  documents,
  readExample,
  exercise,
  fixturesDir,
  horizonYears,
  netValueChart,
  sensitivityChart,
} from '../../../helpers/index.ts';

/** The sheets as they were read and agreed on; after a wanted change: make roi, read, copy from reports/roi. */
const agreed = join(fixturesDir, '02-service-mesh-value/07-roi/01-adds-up-row-by-row');
const dollars = (written: string) => Number(written.replaceAll(/[$,]/g, ''));
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
/** Amounts at the ends of a sheet's rows, and the total in bold that the sheet names. */
const rowsOf = (sheet: string) =>
  Array.from(sheet.matchAll(/^- .* = (\$[\d,]+) \(/gm), ([, amount = '']) => dollars(amount));
const totalOf = (sheet: string) => dollars(/^\*\*Total.*?(\$[\d,]+)\*\*/m.exec(sheet)?.[1] ?? '');

exercise(
  'The sheets for the board add up, row by row',
  {
    persona: 'Marcus Chen',
    question: 'My board asks what we get for the money, and when. Which figures can I put my name to?',
    proof:
      'The sheets come out of one file of inputs. The totals are added up again here from the printed rows, not by the code that printed them, and each sheet is compared with the one that was agreed on. Every figure says whether it was given, assumed or measured, so nobody can take a guess for a fact.',
    takeaway:
      'Four fifths of the cost, and nearly as much of the value, are downtime and delay: settle those two figures before any other.',
    needs: ['calc'],
    proves: ['m2.e7.a1'],
    errata: ['E229'],
    readMore: 'https://dora.dev/guides/',
  },
  async ({ lesson, cluster }) => {
    const inputs = await readExample();
    const sheets = documents(inputs, []);
    const costs = sheets.get('marcus-current-costs.md') ?? '';
    const value = sheets.get('marcus-service-mesh-value.md') ?? '';

    await lesson.step('One command turns a file of inputs into the sheets', async () => {
      const { stdout } = await cluster.attempt(
        'node',
        'helpers/commands/roi.ts',
        'fixtures/02-service-mesh-value/07-roi/rapidscale.yaml',
      );
      await lesson.check('four sheets and two pictures were written', stdout, (text) =>
        [...sheets.keys(), 'net-value.svg', 'sensitivity.svg'].every((name) => text.includes(name)),
      );
    });

    await lesson.step('The rows of the cost are hours times rate, and add up to $177,250', async () => {
      const products = Array.from(costs.matchAll(/: ([\d,]+) (?:hours|weeks) × (\$[\d,]+) = (\$[\d,]+)/g), (row) =>
        row.slice(1).map(dollars),
      );
      await lesson.check(
        'each of eight rows is its own product',
        products,
        (rows) => rows.length === 8 && rows.every(([quantity = 0, rate = 0, amount]) => quantity * rate === amount),
      );
      await lesson.check('the rows add up to the total', rowsOf(costs), (rows) => sum(rows) === totalOf(costs));
      await lesson.check('the total is $177,250', totalOf(costs), (total) => total === 177_250);
      await lesson.check('the range comes from the inputs', costs, (text) => text.includes('$88,625 to $265,875'));
    });

    await lesson.step('The rows of the value add up to $115,600', async () => {
      await lesson.check('the rows add up to the total', rowsOf(value), (rows) => sum(rows) === totalOf(value));
      await lesson.check('the total is $115,600', totalOf(value), (total) => total === 115_600);
    });

    await lesson.step('And the sheets say what the result hangs on', async () => {
      await lesson.check(
        'downtime and delay are named as 79.0 % of the cost and 77.9 % of the value',
        [/Lost income is 79\.0 % of the total/.exec(costs)?.[0], /Downtime and delay are 77\.9 %/.exec(value)?.[0]],
        (sentences) => sentences.every((sentence) => sentence !== undefined),
      );
      await lesson.check(
        'every figure has its source',
        [...costs.matchAll(/^- .* = .*$/gm), ...value.matchAll(/^- .* % = .*$/gm)].map(([row]) => row),
        (rows) => rows.length === 16 && rows.every((row) => /\((given|assumed|measured)\)$/.test(row)),
      );
      await lesson.show('Net value month by month', netValueChart(inputs));
      await lesson.show('One input at a time, half and half as much again', sensitivityChart(inputs, horizonYears));
    });

    await lesson.step('And each sheet is the one that was agreed on', async () => {
      for (const [name, text] of sheets) {
        if (name === 'build-vs-buy.md') continue;
        const golden = await readFile(join(agreed, name), 'utf8');
        await lesson.check(`${name} has not changed`, text, (now) => now === golden);
      }
    });
  },
);
