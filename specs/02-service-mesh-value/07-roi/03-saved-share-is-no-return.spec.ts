import {
  daysOf,
  exercise,
  money,
  netPerMonthNeeded,
  paybackMonths,
  percent,
  percentOf,
  returnPercent,
} from '../../../helpers/index.ts';

const cost = 177_250;
const valuePerMonth = 115_600;
const upfront = 250_000;
/** Half an engineer a year, as the course text prices it, and at the $300,000 it says an engineer costs. */
const prices = [75_000, 150_000];
const years = Array.from({ length: 10 }, (_, index) => index + 1);
const days = (months: number | 'never') => (months === 'never' ? Infinity : daysOf(months));

exercise(
  'The share of cost saved is no return on investment',
  {
    persona: 'Marcus Chen',
    question: 'The workshop promises a return of 652 % and our money back within 60 days. Will that survive my board?',
    proof:
      'The 652 is looked for in every place it could come from: the saved share, and the return after each of ten years at both prices of an operator. It turns up only as ten times the saved share. For the 60 days the monthly surplus that they would take is calculated, and it is more than the whole value.',
    takeaway: 'A return needs an investment to be divided by; what is saved in percent of a cost is only a share.',
    needs: ['calc'],
    proves: ['m2.e7.a3'],
    errata: ['E228', 'E230'],
    readMore: 'https://dora.dev/research/',
  },
  async ({ lesson }) => {
    await lesson.step('652 is the saved share with its point lost', async () => {
      await lesson.check(
        `${money(valuePerMonth)} of ${money(cost)} are 65.2 %`,
        percentOf(valuePerMonth, cost),
        (share) => share === 65.2,
      );
    });

    await lesson.step('No return comes to 652 %', async () => {
      const returns = years.map((year) =>
        prices.map((ongoingPerYear) => returnPercent({ valuePerMonth, upfront, ongoingPerYear }, year)),
      );
      lesson.table(
        'Return on investment: everything brought in less everything spent, over everything spent',
        ['after years', ...prices.map((price) => `operations at ${money(price)} a year`)],
        returns.map((row, index) => [String(index + 1), ...row.map(percent)]),
      );
      await lesson.check(
        'not at either price in ten years',
        returns.flat(),
        (all) => all.length === 20 && all.every((value) => Math.round(value) !== 652),
      );
      await lesson.check(
        'after one year it is 326.8 % or 246.8 %',
        returns[0] ?? [],
        ([text, corrected]) => text === 326.8 && corrected === 246.8,
      );
      await lesson.check(
        'counting only people’s time, the first year loses money',
        prices.map((ongoingPerYear) => returnPercent({ valuePerMonth: 25_600, upfront, ongoingPerYear }, 1)),
        ([text, corrected]) => text === -5.5 && corrected === -23.2,
      );
    });

    await lesson.step('And nothing is paid back within 60 days', async () => {
      const payback = (start: number) =>
        prices.map((ongoingPerYear) => days(paybackMonths({ valuePerMonth, upfront, ongoingPerYear }, start)));
      await lesson.check(
        'at best after 69.6 or 73.8 days',
        payback(0),
        ([text, corrected]) => text === 69.6 && corrected === 73.8,
      );
      await lesson.check('after five months where the migration takes three', payback(3), (all) =>
        all.every((value) => value > 5 * 30.4),
      );
      await lesson.check(
        '60 days would take a surplus above the whole value',
        netPerMonthNeeded(upfront, 60),
        (needed) => needed === 126_823 && needed > valuePerMonth,
      );
    });
  },
);
