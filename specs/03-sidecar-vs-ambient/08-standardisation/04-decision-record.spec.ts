import {
  citedIds,
  type Customer,
  customersIn,
  decisionRecord,
  exercise,
  lineHeads,
  lineRows,
  nothingShown,
  readProfiles,
  recordDocument,
  type Shown,
  supposing,
} from '../../../helpers/index.ts';

exercise(
  'A record of decisions names the results behind each line, and decides nothing without them',
  {
    persona: 'Jennifer',
    question: 'Sixty teams must accept one decision. How do they see that it is no matter of taste?',
    proof:
      'Rules make a record for each of five customers: what was measured or seen, what follows from it, for which groups of namespaces, and by which results. Whether results are green is put in by hand here, so that the rules alone are judged; the record with the results of this run stands before the claims of this exercise. With all of them green no group is left open, and each line names results or is marked as an opinion. Then each result that is cited is turned red, one at a time. Each record that cites it becomes another, its lines say that it is not shown in this run, and none of them decides anything. Where nothing was run each group is left open. The same results make the same record, byte for byte.',
    takeaway:
      'Write a decision so that each line can be taken away. What no result shows is left open, or called an opinion.',
    needs: ['calc'],
    proves: ['m3.e8.a4'],
    readMore: 'https://istio.io/latest/docs/overview/dataplane-modes/',
  },
  async ({ lesson }) => {
    const customers = customersIn((await readProfiles()).map(({ inputs }) => inputs));
    const ids = [...new Set(customers.flatMap(citedIds))];
    const green = supposing(ids);
    const withRed = (red: string) =>
      supposing(
        ids.filter((id) => id !== red),
        [red],
      );
    const textOf = (customer: Customer, shown: Shown) => recordDocument(decisionRecord(customer, shown));
    /** Groups for which something else is to be taken than with all results green. */
    const othersThan = (shown: Shown) =>
      customers.flatMap((customer) => {
        const before = decisionRecord(customer, green).recommendations;
        return decisionRecord(customer, shown)
          .recommendations.filter(({ choice }, index) => choice !== before[index]?.choice)
          .map(({ group, choice }) => ({ group: `${group.name} of ${customer.company}`, choice }));
      });

    await lesson.step('Where all results are green, each line has one behind it or is an opinion', async () => {
      const records = customers.map((customer) => decisionRecord(customer, green));
      for (const record of records) lesson.table(record.customer.company, lineHeads, lineRows(record));
      await lesson.check(
        'no line is without results but those that are marked as opinions',
        records.map(({ customer, lines }) => ({
          company: customer.company,
          lines: lines.length,
          shown: lines.filter(({ state }) => state === 'shown').length,
          opinions: lines.filter(({ state }) => state === 'opinion').length,
        })),
        (all) => all.every((each) => each.opinions > 0 && each.shown + each.opinions === each.lines),
      );
      await lesson.check(
        'no group is left open',
        records.flatMap(({ recommendations }) =>
          recommendations.map(({ group, choice }) => ({ group: group.name, choice })),
        ),
        (all) => all.length > customers.length && all.every(({ choice }) => choice !== 'open'),
      );
    });

    await lesson.step('After: one result turned red, and each record that cites it is another', async () => {
      const turned = ids.map((id) => {
        const citing = customers.filter((customer) => citedIds(customer).includes(id));
        const lines = citing.flatMap((customer) =>
          decisionRecord(customer, withRed(id)).lines.filter((line) => line.ids.includes(id)),
        );
        return {
          id,
          citing: citing.length,
          changed: citing.filter((customer) => textOf(customer, withRed(id)) !== textOf(customer, green)).length,
          stillShown: lines.filter(({ state }) => state === 'shown').length,
          otherwise: othersThan(withRed(id)),
        };
      });
      lesson.table(
        'What rests on each result: groups that are left open, or get something else, without it',
        ['red', 'records that change', 'groups'],
        turned.map(({ id, changed, otherwise }) => [
          id,
          String(changed),
          otherwise.map(({ group, choice }) => `${group}: ${choice}`).join('; ') ||
            'none: another line decides, or it is only weighed',
        ]),
      );
      await lesson.check(
        `each of ${ids.length} results changes every record that cites it, and no line of it is shown any more`,
        turned.map(({ id, citing, changed, stillShown }) => ({ id, citing, changed, stillShown })),
        (all) => all.every(({ citing, changed, stillShown }) => citing > 0 && changed === citing && stillShown === 0),
      );
      await lesson.check(
        'without the result on the way back under load, what has sidecars is not moved',
        othersThan(withRed('m3.e6.a2')),
        (all) => all.length > 0 && all.every(({ choice }) => choice === 'open'),
      );
    });

    await lesson.step('And where nothing was run, nothing is decided', async () => {
      await lesson.check(
        'each group is left open',
        customers.flatMap((customer) =>
          decisionRecord(customer, nothingShown).recommendations.map(({ group, choice }) => ({
            group: group.name,
            choice,
          })),
        ),
        (all) => all.every(({ choice }) => choice === 'open'),
      );
    });

    await lesson.step('And the same results make the same record', async () => {
      await lesson.check(
        'the second record of each customer is the first, byte for byte',
        customers.map((customer) => ({
          company: customer.company,
          bytes: Buffer.byteLength(textOf(customer, green)),
          same: textOf(customer, green) === textOf(customer, supposing(ids.toReversed())),
        })),
        (all) => all.every(({ same }) => same),
      );
    });
  },
);
