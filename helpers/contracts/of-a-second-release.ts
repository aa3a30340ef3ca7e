import type { Contract, Site } from './contract.ts';

const revision = 'm0-second';

/** What every namespace sees of the release that was there first: name and version of each object, a line each. */
async function shared({ kubectl }: Site): Promise<string[]> {
  const line = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  const kinds = 'customresourcedefinitions,validatingwebhookconfigurations,mutatingwebhookconfigurations';
  const [clusterWide, roots] = await Promise.all([
    kubectl('get', kinds, '-o', `jsonpath=${line}`),
    kubectl('get', 'configmaps', '-A', '--field-selector=metadata.name=istio-ca-root-cert', '-o', `jsonpath=${line}`),
  ]);
  return [clusterWide, roots].flatMap((text) => text.split('\n')).filter((each) => each.includes('/'));
}

/** How the installed release is seen to work, and what it changed of the first one. */
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

/** A release of Istio that can be installed beside the lab's own. */
export const contractsOfASecondRelease: readonly Contract[] = [
  {
    name: 'second-release',
    image: 'istio-pilot',
    expected: 'the istiod of another release runs beside the first, and neither definitions, webhooks nor roots change',
    usedBy: /rev2/,
    alsoUsedBy: 'exercises that upgrade Istio (capability rev2)',
    inMesh: true,
    ask: async (site) => {
      if (!(await site.secondIstioctl('version', '--remote=false')).endsWith('exit 0')) return 'no second release';
      const before = new Set(await shared(site));
      try {
        const installed = await site.installSecondRelease(revision);
        if (!installed.endsWith('exit 0')) return installed;
        const seen = await tryOut(site);
        const after = new Set(await shared(site));
        const changed = [...before].filter((object) => !after.has(object));
        return `${seen}; changed: ${changed.join(', ') || 'nothing'}`;
      } finally {
        await site.secondIstioctl('uninstall', '--revision', revision, '--skip-confirmation');
      }
    },
    isAbsent: (seen) => seen === 'no second release',
    holds: (seen) => /^a proxy of \S+ calls one of the first release: 200; changed: nothing$/.test(seen),
  },
  {
    name: 'second-release-gone',
    image: 'istio-pilot',
    expected: 'once it is uninstalled, nothing of it is left',
    usedBy: /rev2/,
    alsoUsedBy: 'exercises that upgrade Istio (capability rev2)',
    inMesh: true,
    ask: async (site) => {
      if (!(await site.secondIstioctl('version', '--remote=false')).endsWith('exit 0')) return 'no second release';
      const kinds = [
        'deployments,services,serviceaccounts,configmaps,roles,rolebindings,poddisruptionbudgets',
        'clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations',
      ];
      const left = ['get', kinds.join(','), '-A', '-l', `istio.io/rev=${revision}`, '-o', 'name'];
      return site.until(
        () => site.kubectl(...left),
        (seen) => seen === 'exit 0',
      );
    },
    isAbsent: (seen) => seen === 'no second release',
    holds: (seen) => seen === 'exit 0',
  },
];
