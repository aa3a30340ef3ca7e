import { answered, exercise } from '../../../helpers/index.ts';

exercise(
  'Kind verb object',
  {
    persona: 'Sarah Martinez',
    question: '',
    proof: '',
    takeaway: '',
    needs: ['k8s'],
    proves: [],
    readMore: '',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const call = cluster.client('pod/caller').curl('http://backend/');

    await lesson.step('Before: …', async () => {
      await call.settlesOn(answered(200));
    });

    await lesson.step('The change in plain words', async () => {
      await cluster.change('20-lesson.yaml');
    });

    await lesson.step('After: …', async () => {
      throw new Error('say what is different now');
    });
  },
);
