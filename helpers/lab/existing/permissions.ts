import { EnvironmentProblem } from '../../system/errors.ts';
import { must } from '../../system/program.ts';

/** One thing the course does to a cluster, in Kubernetes' terms; an empty group is the core group. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

const each = (verbs: readonly string[], group: string, resources: readonly string[]): Access[] =>
  resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })));

const changes = ['create', 'patch', 'delete'];

/** What every exercise does. Everything is asked for in all namespaces: the course makes namespaces of its own. */
const ofTheCourse: readonly Access[] = [
  ...each(['create', 'list', 'patch', 'delete'], '', ['namespaces']),
  ...each([...changes, 'list'], '', ['pods', 'services', 'serviceaccounts']),
  ...each(changes, '', ['configmaps', 'secrets']),
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ...each(['list'], '', ['nodes', 'events']),
  ...each([...changes, 'list'], 'apps', ['deployments']),
  ...each([...changes, 'list'], 'networking.k8s.io', ['networkpolicies']),
  ...each(['list'], 'admissionregistration.k8s.io', [
    'mutatingwebhookconfigurations',
    'validatingwebhookconfigurations',
  ]),
];

/** What exercises do besides where the cluster has Istio. */
const ofTheMesh: readonly Access[] = [
  ...each([...changes, 'list'], 'security.istio.io', ['peerauthentications', 'authorizationpolicies']),
  ...each([...changes, 'list'], 'networking.istio.io', ['virtualservices', 'destinationrules']),
  ...each([...changes, 'list'], 'telemetry.istio.io', ['telemetries']),
];

/**
 * Asks the API server whether this user may do all that the course does, before anything is created.
 *
 * @param withIstio whether Istio's objects are asked for too
 * @throws {EnvironmentProblem} with everything that is missing, in one line
 */
export async function checkPermissions(withIstio: boolean): Promise<void> {
  const asked = [...ofTheCourse, ...(withIstio ? ofTheMesh : [])];
  const template = '{{.status.allowed}}{{"\\n"}}';
  const create = ['create', '--validate=false', '-o', `go-template=${template}`, '-f', '-'];
  const { stdout } = await must('kubectl', create, { input: asked.map(accessReview).join('\n') });
  const answers = stdout.trim().split('\n');
  const denied = asked.filter((_, index) => answers[index] !== 'true');
  if (denied.length === 0) return;
  throw new EnvironmentProblem(
    `this user may not: ${inWords(denied)}`,
    'name a context whose user may, e.g. a cluster-admin',
  );
}

/** Accesses as people say them: `create, delete deployments.apps; create pods/exec`. */
export function inWords(accesses: readonly Access[]): string {
  const resources = Map.groupBy(accesses, ({ group, resource, subresource }) =>
    [resource, ...(group === '' ? [] : [`.${group}`]), ...(subresource === undefined ? [] : [`/${subresource}`])].join(
      '',
    ),
  );
  return [...resources].map(([name, verbs]) => `${verbs.map(({ verb }) => verb).join(', ')} ${name}`).join('; ');
}

/** One question to the API server. https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/ */
function accessReview(resourceAttributes: Access): string {
  return JSON.stringify({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  });
}
