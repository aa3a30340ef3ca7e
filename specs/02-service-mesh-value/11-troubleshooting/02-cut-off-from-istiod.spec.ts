import { answered, exercise, newGuardedPod, timeouts } from '../../../helpers/index.ts';

const namespace = 'm2-ts-cut-off';
const pods = ['get', 'pods', '-l', 'app=frontend', '-o', 'jsonpath={.items[*].metadata.name}'];
const inVain = /ca request failed/;
/** With the address that the name led to, so the name service was reached; with port 53 closed it says `lookup`. */
const noWayThere = /dial tcp \S+:15012: /;
const linesAbout = (pattern: RegExp, log: string) =>
  log
    .split('\n')
    .filter((line) => pattern.test(line))
    .join('\n');
const names = (output: string) => output.split(' ').filter((name) => name !== '');

exercise(
  'A proxy without a way to istiod is missing from the list of proxies',
  {
    persona: 'Marcus Chen',
    question: 'One service does not show in the graph at all, however much we call it. Where is it?',
    proof:
      'The list has the pods of both workloads before. A policy that forgets the control plane cannot harm a proxy that has its configuration, so the frontend gets a new pod: that one finds the address of istiod and asks there for a certificate in vain, and is not in the list (a pod that got through before the network guarded it would be replaced, and counted), while the backend beside it is. The older pod, under the same policy, makes its first call of the backend. Without the policy a new pod is in the list again.',
    takeaway:
      'Ask istioctl proxy-status who is missing: it lists the proxies that istiod talks to, not the pods there are.',
    needs: ['k8s', 'netpol', 'sidecar'],
    proves: ['m2.ts.a1'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const listed = async (says: string, holds: (list: string) => boolean, options: { staysMs?: number } = {}) =>
      cluster.eventually(says, ['proxy-status'], holds, 'istioctl', options);
    let first: string[] = [];
    let cutOff = '';

    await lesson.step('Before: istiod talks to both proxies', async () => {
      first = names((await cluster.kubectl(...pods)).stdout);
      await listed('frontend and backend are in the list', (list) =>
        [first[0] ?? 'frontend', 'backend-'].every((name) =>
          new RegExp(`^${name}\\S*\\.${namespace}\\s`, 'm').test(list),
        ),
      );
    });

    await lesson.step('A policy forgets the way to istiod', async () => {
      await cluster.change('20-no-way-to-istiod.yaml');
    });

    await lesson.step('A new pod of the frontend starts under it', async () => {
      const known = [...first];
      await newGuardedPod({ lesson, cluster }, 'deployment/frontend', 'm2.ts.a1', async () => {
        const now = await cluster.eventually('there is a new pod', pods, (output) =>
          names(output).some((name) => !known.includes(name)),
        );
        cutOff = names(now).find((name) => !known.includes(name)) ?? '';
        known.push(cutOff);
        const log = await cluster.eventually(
          'its proxy has asked istiod for a certificate',
          ['logs', cutOff, '--container', 'istio-proxy'],
          (text) => inVain.test(text) || /generated new workload certificate/.test(text),
          'kubectl',
          {
            settleMs: timeouts.connectionGivenUpMs,
            tell: (text) => linesAbout(/ca request|new workload certificate/, text).split('\n')[0] ?? '',
          },
        );
        return !inVain.test(log);
      });
      await cluster.eventually(
        'it asked in vain: it found the address of istiod, and port 15012 there is closed to it',
        ['logs', cutOff, '--container', 'istio-proxy'],
        (log) => inVain.test(log) && noWayThere.test(log),
        'kubectl',
        { tell: (text) => linesAbout(noWayThere, text).split('\n').slice(0, 1).join('') },
      );
    });

    await lesson.step('After: the new pod is missing from the list, the backend is not', async () => {
      await listed(
        'the backend is in the list, and the new pod is not',
        (list) => new RegExp(`^backend-\\S*\\.${namespace}\\s`, 'm').test(list) && !list.includes(cutOff),
        { staysMs: 2_000 },
      );
    });

    await lesson.step('And what the policy allows goes on: the older pod finds the backend, and calls it', async () => {
      // Its first call, so there is no connection from before the policy.
      await cluster.client(`pod/${first[0]}`).curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And without the policy a new pod is in the list', async () => {
      await cluster.revert('20-no-way-to-istiod.yaml');
      await cluster.kubectl('delete', 'pod', cutOff, '--wait=false');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
      const healed = names((await cluster.kubectl(...pods)).stdout).find(
        (name) => name !== cutOff && !first.includes(name),
      );
      await listed('the new pod is in the list', (list) => list.includes(`${healed}.${namespace}`));
    });
  },
);
