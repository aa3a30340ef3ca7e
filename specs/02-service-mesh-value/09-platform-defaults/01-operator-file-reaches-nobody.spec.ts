import { exercise } from '../../../helpers/index.ts';

const file = 'fixtures/02-service-mesh-value/09-platform-defaults/01-operator-file-reaches-nobody/control-plane.yaml';

exercise(
  'IstioOperator is refused by a cluster that runs Istio',
  {
    persona: 'Marcus Chen',
    question: 'My platform team wants one file with the defaults for all services. Can they simply apply it?',
    proof:
      'The same cluster knows other kinds of Istio and answers for them, so Istio is installed; only this kind it does not know. That is said of the file and, when asked for it by name, of the kind itself.',
    takeaway: 'IstioOperator is a file for the installer; the cluster has no such kind since Istio 1.24.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e9.a1'],
    errata: ['E240'],
    readMore: 'https://istio.io/latest/docs/setup/install/istioctl/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');

    await lesson.step('Before: the cluster knows the kinds of Istio', async () => {
      await cluster.eventually(
        'virtualservices and destinationrules are among its kinds',
        ['api-resources', '--api-group=networking.istio.io', '--output=name'],
        (kinds) => kinds.includes('virtualservices.') && kinds.includes('destinationrules.'),
      );
    });

    await lesson.step('The file of the course text is refused', async () => {
      const { exitCode, stderr } = await cluster.attempt('kubectl', 'apply', '-f', file);
      await lesson.check(
        'kubectl ends with 1: no matches for kind "IstioOperator"',
        `exit code ${exitCode}: ${stderr}`,
        (said) => said.startsWith('exit code 1:') && said.includes('no matches for kind "IstioOperator"'),
      );
    });

    await lesson.step('And so is the question for it', async () => {
      const { exitCode, stderr } = await cluster.attempt('kubectl', 'get', 'istiooperator', '-o', 'yaml');
      await lesson.check(
        'there is no such type of resource',
        `exit code ${exitCode}: ${stderr}`,
        (said) => said.startsWith('exit code 1:') && /doesn't have a resource type "istiooperator"/.test(said),
      );
    });

    await lesson.step('What the installer made of such a file is a ConfigMap', async () => {
      await cluster.eventually(
        'the mesh-wide settings are in ConfigMap istio',
        ['--namespace', 'istio-system', 'get', 'configmap', 'istio', '-o', 'jsonpath={.data.mesh}'],
        (settings) => settings.includes('trustDomain:'),
      );
    });
  },
);
