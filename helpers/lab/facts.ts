import { availableParallelism, totalmem } from 'node:os';

import { borrowedParts, imageRecipes, installCniImage, upstreamNodes, versions } from '../../kind/catalogue.ts';
import type { RunFacts } from '../record/run-facts.ts';
import { must } from '../system/program.ts';
import type { Progress } from '../system/progress.ts';
import { choices, publicChoices, usesStandIns } from './choices.ts';
import type { Cluster } from './cluster.ts';
import { deprecatedApisAskedFor } from './deprecated-apis.ts';
import { chosenZtunnel } from './ztunnel.ts';

/** What the report says about the run as a whole; versions are asked of the programs themselves. */
export async function runFacts({ engine, provider, imageSource }: Cluster, progress: Progress): Promise<RunFacts> {
  const { kubernetes, istio } = await askedVersions();
  const assembled = usesStandIns(imageSource, choices());
  const ztunnel = assembled && choices().ZTUNNEL !== undefined ? await chosenZtunnel() : undefined;
  return {
    versions: {
      Kubernetes: kubernetes.serverVersion.gitVersion,
      kubectl: kubernetes.clientVersion.gitVersion,
      istiod: istiodOf(istio),
      istioctl: istio.clientVersion.version,
      ...(assembled ? { Envoy: `${versions.envoy} (upstream's build)`, containerd: versions.containerd } : {}),
      ...(ztunnel === undefined ? {} : { ztunnel: ztunnel.version }),
    },
    choices: publicChoices(choices()),
    engine,
    provider,
    imageSource,
    standIns: assembled
      ? [
          {
            upstream: upstreamNodes[provider.startsWith('kind') ? 'kind' : 'k3s'],
            madeOf: `nodes with real Kubernetes ${versions.kubernetes}, started by kubeadm, and a NetworkPolicy engine of this project`,
          },
          {
            upstream: "the istio.stats filter of Istio's Envoy (istio_requests_total and its kin)",
            madeOf:
              "upstream Envoy's access logger for statistics, under the names of Istio's metrics (kind/request-metrics.yaml)",
          },
          ...Object.entries(borrowedParts).map(([upstream, madeOf]) => ({ upstream, madeOf })),
          ...[...imageRecipes, ...(ztunnel === undefined ? [] : [installCniImage])]
            .filter(({ own }) => own !== true)
            .flatMap(({ upstream, madeOf, beyond }) =>
              upstream.map((name) => ({
                upstream: name,
                madeOf: beyond === undefined ? madeOf : `${madeOf}; beyond its original: ${beyond}`,
              })),
            ),
        ]
      : [],
    deprecatedApis: await deprecatedApisAskedFor(),
    startedAt: new Date(Date.now() - progress.elapsedMs()).toISOString(),
    durationMs: progress.elapsedMs(),
    timings: progress.timings,
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${process.platform}`,
  };
}

/** What runs in the cluster that this process has been pointed at: versions by the names that a run's facts give them. */
export async function serverVersions(): Promise<Readonly<Record<string, string>>> {
  const { kubernetes, istio } = await askedVersions();
  return { Kubernetes: kubernetes.serverVersion.gitVersion, istiod: istiodOf(istio) };
}

async function askedVersions(): Promise<{ readonly kubernetes: Versions; readonly istio: IstioVersions }> {
  return {
    kubernetes: JSON.parse((await must('kubectl', ['version', '-o', 'json'])).stdout) as Versions,
    istio: JSON.parse((await must('istioctl', ['version', '-o', 'json'])).stdout) as IstioVersions,
  };
}

function istiodOf({ meshVersion }: IstioVersions): string {
  return meshVersion?.[0]?.Info.version ?? 'not installed';
}

interface Versions {
  readonly serverVersion: { readonly gitVersion: string };
  readonly clientVersion: { readonly gitVersion: string };
}

interface IstioVersions {
  readonly clientVersion: { readonly version: string };
  readonly meshVersion?: readonly { readonly Info: { readonly version: string } }[];
}
