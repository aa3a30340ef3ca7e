/** An istiod beside the mesh's own, under a revision: what would else be changed for every namespace is changed there. */
import { parse } from 'yaml';

import { secondIstio, secondIstioctl, versions } from '../../kind/catalogue.ts';
import { minorOf } from '../../kind/istio-releases.ts';

/** Namespace of the mesh's own istiod. */
const meshNamespace = 'istio-system';

/** What there is of a release of Istio on the lab. */
export interface LabRelease {
  /** E.g. `1.30`. */
  readonly minor: string;
  /** Tag of its images. */
  readonly tag: string;
  /** Name of its istioctl. */
  readonly istioctl: string;
}

/** The release of the mesh's own istiod, and the one that REVISIONS=2 brings beside it. */
export const labReleases = {
  mesh: { minor: minorOf(versions.istio) ?? versions.istio, tag: versions.istio, istioctl: 'istioctl' },
  second: { minor: minorOf(secondIstio.version) ?? '', tag: secondIstio.version, istioctl: secondIstioctl },
} as const satisfies Readonly<Record<string, LabRelease>>;

/** Where an istiod is to run, and whom it is to serve. */
export interface IstiodHome {
  /**
   * Its namespace: the mesh's, and then it signs with the mesh's authority; or one of its own, and then it signs with the
   * Secret `cacerts` that is there, or with a root that it makes for itself.
   */
  readonly namespace: string;
  /** True if that is a namespace of its own. */
  readonly isOwn: boolean;
  /** Labels by which it knows the namespaces that it is for; none where it is for all. Its own must carry them too. */
  readonly labels: Readonly<Record<string, string>>;
  /** ConfigMap in which it publishes its root, if it has a name of its own. */
  readonly trustBundle: string | undefined;
}

/** The part of an IstioOperator file that says so. */
interface OperatorFile {
  readonly spec?: {
    readonly meshConfig?: {
      readonly discoverySelectors?: readonly { readonly matchLabels?: Readonly<Record<string, string>> }[];
    };
    readonly values?: { readonly global?: { readonly istioNamespace?: string; readonly trustBundleName?: string } };
  };
}

/** @param settings an IstioOperator file that is installed on top of the lab's; without one, it is as the mesh's istiod is */
export function homeOfIstiod(settings = ''): IstiodHome {
  const { spec } = (parse(settings) ?? {}) as OperatorFile;
  const { istioNamespace: namespace = meshNamespace, trustBundleName: trustBundle } = spec?.values?.global ?? {};
  const labels = spec?.meshConfig?.discoverySelectors?.[0]?.matchLabels ?? {};
  return { namespace, isOwn: namespace !== meshNamespace, labels, trustBundle };
}

/** Kinds of everything that `istioctl install` makes for a revision. */
const kinds = [
  'deployments,services,serviceaccounts,configmaps,roles,rolebindings,poddisruptionbudgets',
  'clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations',
].join(',');

/** Arguments of kubectl that name everything that is there of a revision; nothing is printed where it is gone. */
export function objectsOfRevision(revision: string): string[] {
  return ['get', kinds, '--all-namespaces', '-l', `istio.io/rev=${revision}`, '-o', 'name'];
}

/**
 * Arguments of istioctl that remove a revision, and leave all others. What is in a namespace of its own is found only where
 * that is said as a setting: by `--istioNamespace` alone nothing is removed, and istioctl calls that no failure.
 */
export function uninstallArguments(revision: string, namespace = meshNamespace): string[] {
  const setting = ['--set', `values.global.istioNamespace=${namespace}`];
  const where = namespace === meshNamespace ? [] : [...setting, '--istioNamespace', namespace];
  return ['uninstall', '--revision', revision, '--skip-confirmation', ...where];
}

/**
 * Arguments of kubectl that remove the root that an istiod has published, from every namespace. An istiod that is uninstalled
 * may have written it into others than those it was for: its settings are deleted while it still runs, and with them the
 * selectors that say for whom it is.
 */
export function removeTrustBundle(name: string): string[] {
  return ['delete', 'configmaps', '--all-namespaces', '--field-selector', `metadata.name=${name}`];
}
