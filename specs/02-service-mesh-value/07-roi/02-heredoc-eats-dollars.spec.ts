import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exercise, fixturesDir } from '../../../helpers/index.ts';

const folder = join(fixturesDir, '02-service-mesh-value/07-roi/02-heredoc-eats-dollars');
const script = (name: string) => readFile(join(folder, name), 'utf8');
/** The one change: the end marker in quotes, so that the shell takes the text as it stands. */
const quoted = (text: string) => text.replace('<< EOF', "<< 'EOF'");

exercise(
  'An unquoted heredoc eats the dollars of the sheet',
  {
    persona: 'Marcus Chen',
    question:
      'I typed the commands of the workshop, and my cost sheet says the total is 77,250. Where did my money go?',
    proof:
      'The same script runs twice, and only two quotation marks are different. Nothing else could have changed the figures: the text between the markers is the same to the letter, and the lines without a dollar sign come out the same both times.',
    takeaway: 'Quote the end marker of a heredoc that holds dollar signs, or the shell reads $1 as a variable.',
    needs: ['calc'],
    proves: ['m2.e7.a2'],
    errata: ['E239'],
    readMore: 'https://www.gnu.org/software/bash/manual/html_node/Redirections.html#Here-Documents',
  },
  async ({ lesson, cluster }) => {
    const costs = await script('current-costs.sh');

    await lesson.step('Before: the commands as they stand lose a digit of every amount', async () => {
      const { stdout } = await cluster.shell(costs);
      await lesson.check('the total lost its first digit', stdout, (sheet) =>
        sheet.includes('**Total Monthly Cost: 77,250 (range: 0k-00k based on company size)**'),
      );
      await lesson.check('so did the rate', stdout, (sheet) => sheet.includes('(assumes 50/hour blended rate)'));
      await lesson.check('no dollar sign is left', stdout, (sheet) => sheet.includes('#') && !sheet.includes('$'));
    });

    await lesson.step('Before: the other sheets fare no better', async () => {
      const value = await cluster.shell(await script('service-mesh-value.sh'));
      await lesson.check('the value is a sixth of what it was', value.stdout, (sheet) =>
        sheet.includes('**Total Monthly Value: 15,600**'),
      );
      const build = await cluster.shell(await script('build-vs-buy.sh'));
      await lesson.check('building costs .8M', build.stdout, (sheet) => sheet.includes('12 months = .8M'));
    });

    await lesson.step('Before: with set -u the sheet stays empty', async () => {
      const { stdout, stderr } = await cluster.shell(`set -u\n${costs}`);
      await lesson.check('the shell names the variable', stderr, (said) => said.includes('$1: unbound variable'));
      await lesson.check('nothing was written', stdout, (sheet) => sheet === '');
    });

    await lesson.step('After: two quotation marks, and every amount is there', async () => {
      const { stdout } = await cluster.shell(quoted(costs));
      await lesson.check('the total is $177,250', stdout, (sheet) =>
        sheet.includes('**Total Monthly Cost: $177,250 (range: $90k-$300k based on company size)**'),
      );
      await lesson.check('the rate is $150', stdout, (sheet) => sheet.includes('(assumes $150/hour blended rate)'));
      const build = await cluster.shell(`set -u\n${quoted(await script('build-vs-buy.sh'))}`);
      await lesson.check(
        'and set -u finds nothing to complain of',
        build,
        ({ stderr, stdout: sheet }) => stderr === '' && sheet.includes('12 months = $1.8M'),
      );
    });
  },
);
