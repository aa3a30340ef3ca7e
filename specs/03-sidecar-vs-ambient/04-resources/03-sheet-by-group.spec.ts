import {
  citedIds,
  type Customer,
  customersIn,
  exercise,
  groupHeads,
  groupRows,
  readProfiles,
  sheetHeads,
  sheetOf,
  supposing,
} from '../../../helpers/index.ts';

exercise(
  'A sheet has both data planes in columns, and a recommendation for each group of namespaces',
  {
    persona: 'Marcus Chen',
    question: 'Just tell me which one to take. And what do I lose with it?',
    proof:
      'Figures of five customers become a sheet each, with sidecars and ambient in columns: what they ask for, its price, the work of a call, and what each cannot do. The sums of one customer stand beside those that were worked out by hand. Here each result that a recommendation cites is taken as green, so that the rules alone are judged; the sheets with the results of this run stand before the claims of this exercise. Then one thing of a customer is changed at a time. Without HTTP rules a group gets layer 4, with one pod a node it gets sidecars, and so does a group with filters that select by labels, while its neighbours keep their answer. No customer gets one word for all of its groups.',
    takeaway:
      'Answer for each group of namespaces, and name what the answer costs. A company is no group, and one word is no answer.',
    needs: ['calc'],
    proves: ['m3.e4.a6'],
    errata: ['E003'],
    readMore: 'https://istio.io/latest/docs/overview/dataplane-modes/',
  },
  async ({ lesson }) => {
    const customers = customersIn((await readProfiles()).map(({ inputs }) => inputs));
    const green = supposing(customers.flatMap(citedIds));
    const choicesOf = (customer: Customer) =>
      sheetOf(customer, green).recommendations.map(({ group, choice }) => ({ group: group.name, choice }));
    const marcus = customers.find(({ company }) => company === 'RapidScale');
    if (marcus === undefined) throw new Error('RapidScale has no groups of namespaces');
    const [first, ...others] = marcus.namespaces.groups;
    if (first === undefined) throw new Error('RapidScale has no group of namespaces');
    const withFirst = (changed: Partial<typeof first>, nodes = marcus.infrastructure.nodes): Customer => ({
      ...marcus,
      infrastructure: { ...marcus.infrastructure, nodes },
      namespaces: { ...marcus.namespaces, groups: [{ ...first, ...changed }, ...others] },
    });

    await lesson.step('Five customers, a sheet each', async () => {
      for (const customer of customers) {
        const { rows } = sheetOf(customer, green);
        lesson.table(`${customer.company}: both data planes`, sheetHeads, rows);
      }
      const sums = sheetOf(marcus, green).rows.slice(0, 4);
      await lesson.check(
        'requests and price of RapidScale are those that were worked out by hand',
        sums.map(([, sidecars, , ambient]) => [sidecars, ambient]),
        (all) =>
          JSON.stringify(all) ===
          JSON.stringify([
            ['12,000m', '2,200m'],
            ['15,360 MiB', '4,184 MiB'],
            ['', '81.7 %, 72.8 %'],
            ['$345.00', '$67.26'],
          ]),
      );
      const { limits } = sheetOf(marcus, green);
      await lesson.check('each way has something that it cannot do, with the results that show it', limits, (all) =>
        Object.values(all).every((own) => own.length > 0 && own.every(({ ids }) => ids.length > 0)),
      );
    });

    await lesson.step('Each group has a recommendation, and no customer has one word for all', async () => {
      for (const customer of customers)
        lesson.table(customer.company, groupHeads, groupRows(sheetOf(customer, green).recommendations));
      await lesson.check(
        'no group is left open, and each customer has several answers',
        customers.map((customer) => ({ company: customer.company, choices: choicesOf(customer) })),
        (all) =>
          all.length === 5 &&
          all.every(
            ({ choices }) =>
              choices.every(({ choice }) => choice !== 'open') && new Set(choices.map(({ choice }) => choice)).size > 1,
          ),
      );
    });

    await lesson.step('One thing of a customer is changed at a time, and the answer follows', async () => {
      await lesson.check(
        'as it is, the group with HTTP rules gets a waypoint, and the other one layer 4',
        choicesOf(marcus),
        ([own, other]) => own?.choice === 'ambient with a waypoint' && other?.choice === 'ambient at layer 4',
      );
      await lesson.check(
        'without HTTP rules it gets layer 4',
        choicesOf(withFirst({ httpPercent: 0 })),
        ([own]) => own?.choice === 'ambient at layer 4',
      );
      await lesson.check(
        'with one pod on each of six nodes of its own it gets sidecars, and the other one does not',
        choicesOf(withFirst({ ownNodes: 6 }, 12)),
        ([own, other]) => own?.choice === 'sidecars' && other?.choice === 'ambient at layer 4',
      );
      await lesson.check(
        'with filters that select by labels it gets sidecars, and the other one does not',
        choicesOf(withFirst({ asks: ['filters by selector'] })),
        ([own, other]) => own?.choice === 'sidecars' && other?.choice === 'ambient at layer 4',
      );
    });
  },
);
