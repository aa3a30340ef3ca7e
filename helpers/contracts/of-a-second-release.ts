import { secondIstio } from '../../kind/catalogue.ts';
import { objectsOfRevision, uninstallArguments } from '../istio/own-istiod.ts';
import type { Contract, Site } from './contract.ts';

const revision = 'm0-second';

/**
 * What every namespace sees of the release that was there first: name and version of each object, a line each.
 *
 * @throws {Error} if it cannot be read
 */
async function shared({ kubectl }: Site): Promise<string[]> {
  const line = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  const kinds = 'customresourcedefinitions,validatingwebhookconfigurations,mutatingwebhookconfigurations';
  const [clusterWide, roots] = await Promise.all([
    kubectl('get', kinds, '-o', `jsonpath=${line}`),
    kubectl('get', 'configmaps', '-A', '--field-selector=metadata.name=istio-ca-root-cert', '-o', `jsonpath=${line}`),
  ]);
  const texts = [clusterWide, roots];
  if (!texts.every((text) => text.endsWith('exit 0'))) throw new Error(texts.join('\n'));
  const lines = texts.flatMap((text) => text.split('\n')).filter((each) => each.includes('/'));
  return lines.filter((each) => !each.includes(revision));
}

/** How the installed release is seen to work. */
async function tryOut(site: Site): Promise<string> {
  await site.apply('40-second-release.yaml');
  const ready = await site.kubectl('wait', 'pod/second-caller', '--for=condition=Ready', '--timeout=60s');
  if (!ready.endsWith('exit 0')) return ready;
  const images = 'jsonpath={.spec.initContainers[*].image} {.spec.containers[*].image}';
  const pod = await site.kubectl('get', 'pod', 'second-caller', '-o', images);
  const proxy = /istio\/proxyv2:(\S+)/.exec(pod)?.[1];
  const call = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-m', '5', 'http://meshed/'];
  const answer = await site.until(
    () => site.inPod('second-caller', ...call),
    (seen) => seen.startsWith('200'),
  );
  return `a proxy of ${proxy} calls one of the first release: ${answer.split('\n')[0]}`;
}

/** Installs the release, and says how it works and what it changed of the first one. */
async function besideTheFirst(site: Site): Promise<string> {
  const before = await shared(site);
  const installed = await site.installSecondRelease(revision);
  if (!installed.endsWith('exit 0')) return installed;
  const seen = await tryOut(site);
  const during = await shared(site);
  const changed = [...new Set(before).symmetricDifference(new Set(during))];
  return `${seen}; changed: ${changed.join(', ') || 'nothing'}`;
}

/** What of the installed release is there, a name a line; it goes a moment after it was uninstalled. */
async function leftOf({ kubectl, until }: Site): Promise<string> {
  return until(
    () => kubectl(...objectsOfRevision(revision)),
    (seen) => seen === 'exit 0',
  );
}

/** A release of Istio that can be installed beside the lab's own. */
export const contractsOfASecondRelease: readonly Contract[] = [
  {
    name: 'second-release',
    image: 'istio-pilot',
    expected:
      'the istiod of another release runs beside the first; definitions, webhooks and roots stay, and nothing is left of it',
    usedBy: /rev2/,
    alsoUsedBy: 'exercises that upgrade Istio (capability rev2)',
    inMesh: true,
    ask: async (site) => {
      if (!(await site.secondIstioctl('version', '--remote=false')).endsWith('exit 0')) return 'no second release';
      let seen = '';
      try {
        seen = await besideTheFirst(site);
      } finally {
        await site.secondIstioctl(...uninstallArguments(revision));
      }
      return `${seen}; left: ${await leftOf(site)}`;
    },
    isAbsent: (seen) => seen === 'no second release',
    holds: (seen) =>
      seen === `a proxy of ${secondIstio.version} calls one of the first release: 200; changed: nothing; left: exit 0`,
  },
];
