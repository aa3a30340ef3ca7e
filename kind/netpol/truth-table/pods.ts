import { nameOf, references } from '../../references.ts';

/** Namespaces of the table, by the short name that statements use. */
export const places = ['bank', 'shop', 'street'] as const;

/**
 * Who stands where. Three namespaces, for a rule may speak of its own, of another and of a third that it must not mean;
 * three pods in each, for it may mean one, the other or both. `uniform` is a label that one pod of each namespace wears.
 */
export const people = [
  { place: 'bank', role: 'vault', uniform: false },
  { place: 'bank', role: 'clerk', uniform: true },
  { place: 'bank', role: 'auditor', uniform: false },
  { place: 'shop', role: 'till', uniform: true },
  { place: 'shop', role: 'shelf', uniform: false },
  { place: 'shop', role: 'baker', uniform: false },
  { place: 'street', role: 'buyer', uniform: false },
  { place: 'street', role: 'thief', uniform: false },
  { place: 'street', role: 'guard', uniform: true },
] as const;

/** Ports that every pod serves, by name. */
export const ports = { web: 80, admin: 81 } as const;

/** Full name of a namespace. */
export function namespaceOf(place: string): string {
  return `truth-${place}`;
}

/** Manifest of a namespace (JSON is YAML). @param trade value of its label `trade` */
export function namespaceManifest(place: string, trade: string = place): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespaceOf(place), labels: { trade } },
  });
}

/** Manifest of a pod that answers on all ports, and has curl to call others with. */
export function podManifest({ place, role, uniform }: { place: string; role: string; uniform: boolean }): string {
  const listen = Object.values(ports).map((port) => `server { listen ${port}; location / { return 200; } }`);
  const settings = `events {} http { access_log off; ${listen.join(' ')} }`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: role, namespace: namespaceOf(place), labels: { role, ...(uniform && { uniform: 'yes' }) } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'nginx',
          image: nameOf(references.nginx),
          imagePullPolicy: 'IfNotPresent',
          command: [
            'sh',
            '-c',
            `echo '${settings}' >/tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g 'daemon off;'`,
          ],
          ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
          env: [{ name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        },
      ],
    },
  });
}

/** Manifests of the pods alone, as one text. */
export function podManifests(): string {
  return people.map(podManifest).join(separator);
}

/** Manifests of all pods, as one text. */
export function allManifests(): string {
  return [...places.map((place) => namespaceManifest(place)), podManifests()].join(separator);
}

const separator = '\n---\n';
