import { answered, exercise, failures, moments, timeline } from '../../../helpers/index.ts';

const namespace = 'm2-e5-new-tag';
const pods = (app: string, field: string) => ['get', 'pods', '-l', `app=${app}`, '-o', `jsonpath={.items[*]${field}}`];

exercise(
  'A rollout to another name of the same image replaces every pod and shows no risk',
  {
    persona: 'Marcus Chen',
    question: 'The demonstration of an unsafe deployment sets another image tag and watches the pods. What did we see?',
    proof:
      'Customers call all the time while the image is set to another name. All three pods are replaced, so the rollout is real; the image behind the name has the same digest before and after, so the software is not new; and every call is answered with 200, so nothing unsafe can have been seen. That no call fails is due to two lines of the manifest, a readiness probe and a pause before a pod stops; the pods of the course text have neither, and how many calls they lose in the same rollout is measured beside it, not promised. The watch is still running when the rollout has long been complete.',
    takeaway:
      'A rolling update of good software loses nothing if its pods are asked whether they are ready and wait before they stop; the risk of the software shows only with a version that is bad.',
    needs: ['k8s'],
    proves: ['m2.e5.a1'],
    errata: ['E214'],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const read = async (app: string, field: string) =>
      (await cluster.kubectl(...pods(app, field))).stdout.split(' ').toSorted();
    const now = async () => ({
      names: await read('backend', '.metadata.name'),
      digests: await read('backend', '.status.containerStatuses[0].imageID'),
    });
    /** Sets the other name of the image while customers call, until the pods of before are gone. */
    const rollOut = (app: string, gone: readonly string[]) =>
      frontend.whileCalling([`http://${app}/`], async (calling) => {
        await calling.mark('set image');
        await cluster.kubectl('set', 'image', `deployment/${app}`, 'hello=nginxdemos/hello:0.4');
        await cluster.kubectl('rollout', 'status', `deployment/${app}`, '--timeout=60s');
        await calling.mark('rolled out');
        await cluster.kubectl('wait', '--for=delete', ...gone.map((name) => `pod/${name}`), '--timeout=60s');
      });

    await lesson.step('Before: the page is there, and the pods have names', async () => {
      await frontend.curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The image gets another name while customers call', async () => {
      const before = await now();
      const load = await rollOut('backend', before.names);
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

    await lesson.step(
      'The pods of the course text, without probe and pause: what the same rollout costs is chance',
      async () => {
        const load = await rollOut('backend-as-in-the-text', await read('backend-as-in-the-text', '.metadata.name'));
        const { calls, failed } = failures(load.replies);
        await lesson.check('customers called all the time', calls, (count) => count > 20);
        await lesson.measure('m2.e5.a1', `calls lost of ${calls}, without probe and pause`, failed, 'calls');
      },
    );

    await lesson.step('And the watch goes on although the rollout is complete', async () => {
      const watch = ['kubectl', '--namespace', namespace, 'get', 'pods', '-l', 'app=backend', '--watch'];
      const { exitCode } = await cluster.attempt('timeout', '3', ...watch);
      await lesson.check('after three seconds it had to be ended, exit code 124', exitCode, (code) => code === 124);
    });
  },
);
