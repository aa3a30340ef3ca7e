import { exercise } from '../../../helpers/index.ts';

const namespace = 'm2-clean';
const listing = [
  'get',
  'deployments,services,pods,configmaps,virtualservices,destinationrules',
  '-o',
  'jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\\n"}{end}',
];
const labels = ['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels}'];
/** What is in a namespace but for the ConfigMaps that every namespace gets. */
const objects = (list: string) =>
  list.split('\n').filter((name) => name !== '' && !/^ConfigMap\/(kube-root-ca\.crt|istio-ca-.*)$/.test(name));

/** The list of the course text, told where; its namespace staging has a name of its own here. */
const list = [
  `kubectl -n ${namespace} delete virtualservice --all`,
  `kubectl -n ${namespace} delete destinationrule --all`,
  `kubectl -n ${namespace} delete deployment frontend backend database load-generator`,
  `kubectl -n ${namespace} delete service frontend backend database frontend-health`,
  `kubectl -n ${namespace} delete configmap logging-config retry-config`,
  `kubectl delete namespace ${namespace}-staging`,
  'touch marcus-current-costs.md && rm -f marcus-*.md dora-metrics-improvement.md build-vs-buy.md && test -z "$(ls)"',
];
/** The same line, for what may be gone already: a name that is not there is no error. */
const again = (line: string) => (line.startsWith('kubectl') ? `${line} --ignore-not-found` : line);
const mended = [
  `kubectl -n ${namespace} delete pod load-generator traffic-ping load-burst --ignore-not-found`,
  `kubectl label namespace ${namespace} istio-injection-`,
];

exercise(
  'A list for cleaning up leaves behind what nobody wrote down',
  {
    persona: 'Marcus Chen',
    question: 'The workshop is over and we ran the list. Is the cluster as it was before?',
    proof:
      'The namespace is listed before the course moves in and after each cleaning. One line of the list fails, although everything else on it is there; three pods and the label of the namespace stay, and so does the mesh itself. After the two lines that were missing, the namespace and its labels are what they were, and cleaning up once more is no error. Istio and what draws the graph belong to the lab, which others use at the same time: make down takes them away with it, and is not run here.',
    takeaway: 'Compare with a list made before; what a cleanup script prints says nothing about what it forgot.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.clean.a1'],
    errata: ['E251'],
    readMore: 'https://istio.io/latest/docs/setup/install/istioctl/#uninstall-istio',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    let before = '';

    await lesson.step('Before: an empty namespace without a label for the mesh', async () => {
      await cluster.eventually('nothing is in it', listing, (text) => objects(text).length === 0);
      before = (await cluster.kubectl(...labels)).stdout;
    });

    await lesson.step('The course moves in', async () => {
      await cluster.change('20-course.yaml');
      await cluster.eventually(
        'deployments, pods, Services, settings and routes have come',
        listing,
        (text) =>
          ['Deployment/database', 'Pod/load-generator', 'Service/frontend-health', 'ConfigMap/retry-config'].every(
            (name) => objects(text).includes(name),
          ) &&
          ['VirtualService/backend-canary', 'DestinationRule/backend-versions'].every((name) => text.includes(name)),
      );
    });

    await lesson.step('The list of the course text is run line by line', async () => {
      const failed: string[] = [];
      for (const line of list) {
        const { exitCode, stderr } = await cluster.shell(line);
        if (exitCode !== 0) failed.push(stderr.trim());
      }
      await lesson.check(
        'one line fails, because the load generator is no deployment',
        failed,
        ([message = '', ...others]) =>
          others.length === 0 && /deployments\.apps "load-generator" not found/.test(message),
      );
    });

    await lesson.step('After: it has left things behind', async () => {
      await cluster.eventually(
        'three pods are still there, and nothing else',
        listing,
        (text) => objects(text).toSorted().join() === 'Pod/load-burst,Pod/load-generator,Pod/traffic-ping',
      );
      await cluster.eventually('the namespace still has its label', labels, (text) =>
        text.includes('"istio-injection":"enabled"'),
      );
      await cluster.eventually(
        'istiod and Prometheus are still there',
        [
          '--namespace',
          'istio-system',
          'get',
          'deployments',
          'istiod',
          'prometheus',
          '-o',
          'jsonpath={.items[*].status.availableReplicas}',
        ],
        (available) => available === '1 1',
      );
    });

    await lesson.step('Two more lines, and the namespace is as it was', async () => {
      for (const line of mended) await cluster.shell(line);
      await cluster.eventually('nothing is in it', listing, (text) => objects(text).length === 0);
      await cluster.eventually('its labels are those of before', labels, (text) => text === before);
    });

    await lesson.step('And cleaning up again is no error', async () => {
      const codes: number[] = [];
      for (const line of [...list.map(again), ...mended]) codes.push((await cluster.shell(line)).exitCode);
      await lesson.check('every line of the corrected list ends with 0', codes, (all) =>
        all.every((code) => code === 0),
      );
      await cluster.eventually('and still nothing is in the namespace', listing, (text) => objects(text).length === 0);
    });
  },
);
