import { failures, moments } from '../../../helpers/calls/load.ts';
import { exercise } from '../../../helpers/exercise.ts';
import { answered } from '../../../helpers/outcome.ts';
import { timeline } from '../../../helpers/report/charts.ts';

const namespace = 'm2-e5-new-tag';
const pods = (field: string) => ['get', 'pods', '-l', 'app=backend', '-o', `jsonpath={.items[*]${field}}`];

exercise(
  'A rollout to another name of the same image replaces every pod and shows no risk',
  {
    persona: 'Marcus Chen',
    question: 'The demonstration of an unsafe deployment sets another image tag and watches the pods. What did we see?',
    proof:
      'Customers call all the time while the image is set to another name. All three pods are replaced, so the rollout is real; the image behind the name has the same digest before and after, so the software is not new; and every call is answered with 200, so nothing unsafe can have been seen. The watch is still running when the rollout has long been complete.',
    takeaway: 'A rolling update of good software loses nothing; its risk shows only with a version that is bad.',
    needs: ['k8s'],
    proves: ['m2.e5.a1'],
    errata: [
      {
        id: 'E214',
        said: 'Set the image to hello:latest and watch the pods: this is the unsafe deployment.',
        fact: 'The name changes and the page does not: the same software replaces itself, and no call fails. The watch never ends; `kubectl rollout status` does.',
      },
    ],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const frontend = lesson.client('deployment/frontend');
    const read = async (field: string) => (await lesson.kubectl(...pods(field))).stdout.split(' ').toSorted();
    const now = async () => ({
      names: await read('.metadata.name'),
      digests: await read('.status.containerStatuses[0].imageID'),
    });

    await lesson.step('Before: the page is there, and the pods have names', async () => {
      await frontend.curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The image gets another name while customers call', async () => {
      const before = await now();
      const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
        await calling.mark('set image');
        await lesson.kubectl('set', 'image', 'deployment/backend', 'hello=nginxdemos/hello:0.4');
        await lesson.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
        await calling.mark('rolled out');
        await lesson.kubectl('wait', '--for=delete', ...before.names.map((name) => `pod/${name}`), '--timeout=60s');
      });
      await lesson.show(
        'Answers during the rollout',
        timeline(
          moments(load.replies, ({ status }) => `HTTP ${status}`),
          load.milestones,
        ),
      );
      const after = await now();
      await lesson.check('every pod is a new one', { before: before.names, after: after.names }, (names) =>
        new Set(names.before).isDisjointFrom(new Set(names.after)),
      );
      await lesson.check(
        'and all of them run the image of before',
        [...before.digests, ...after.digests],
        (digests) => new Set(digests).size === 1,
      );
      await lesson.check('no call failed', failures(load.replies), ({ calls, failed }) => calls > 20 && failed === 0);
    });

    await lesson.step('And the watch goes on although the rollout is complete', async () => {
      const watch = ['kubectl', '--namespace', namespace, 'get', 'pods', '-l', 'app=backend', '--watch'];
      const { exitCode } = await lesson.attempt('timeout', '3', ...watch);
      await lesson.check('after three seconds it had to be ended, exit code 124', exitCode, (code) => code === 124);
    });
  },
);
