import { mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { upstreamNode } from '../../kind/catalogue.ts';
import { installIstio } from '../mesh/istio.ts';
import { installPrometheus } from '../mesh/prometheus.ts';
import { stateDir } from '../places.ts';
import { assemble, assembleClients } from './assemble/assemble.ts';
import { checkChoices } from './choices.ts';
import { forgetfulDns } from './dns.ts';
import { checkPrivileges, type Engine, ensureEngine } from './engine.ts';
import { chooseImageSource, type ImageSource, registryAnswers } from './image-source.ts';
import { findLab, type Lab, startLab } from './lab.ts';
import { installDebootstrap } from './podman.ts';
import type { Progress } from './progress.ts';
import { clusterReady } from './readiness.ts';
import { checkResources } from './resources.ts';

/** A lab that lessons can run on, and the choices that led to it. */
export interface PreparedLab {
  readonly engine: Engine;
  readonly lab: Lab;
  readonly imageSource: ImageSource;
}

/**
 * From whatever this machine has to a cluster with Istio: engine, images, node, readiness, istiod. Says each choice and
 * how long each part took. kubectl and istioctl of the lab come first in PATH afterwards, KUBECONFIG names the lab.
 */
export async function prepareLab(progress: Progress, kept: boolean): Promise<PreparedLab> {
  await mkdir(stateDir, { recursive: true });
  checkChoices(process.env);
  await checkResources();
  await removeDrafts();
  const imageSource = await chooseImageSource(process.env['IMAGES'], registryAnswers);
  const engine = await ensureEngine((line) => progress.say(line));
  progress.say(`engine: ${engine.name} ${engine.version} (${engine.origin}); images: ${imageSource}; provider: k3s`);
  await checkPrivileges(engine);
  const { node, clientDirs } = await nodeAndClients(engine, imageSource, progress);
  process.env['PATH'] = [...clientDirs, process.env['PATH']].join(delimiter);
  const lab = await runningLab(engine, node, kept, progress);
  // Whatever cluster the user's own environment points at is not ours to touch.
  process.env['KUBECONFIG'] = lab.kubeconfig;
  await progress.timed('node, DNS and service account ready', clusterReady);
  if (imageSource === 'upstream') await forgetfulDns();
  await Promise.all([
    progress.timed('Istio', () => installIstio(imageSource === 'assembled')),
    progress.timed('Prometheus', installPrometheus),
  ]);
  return { engine, lab, imageSource };
}

async function nodeAndClients(engine: Engine, imageSource: ImageSource, progress: Progress) {
  if (imageSource === 'upstream') return { node: upstreamNode, clientDirs: await assembleClients(progress) };
  await installDebootstrap((line) => progress.say(line));
  return assemble(engine, progress);
}

async function runningLab(engine: Engine, node: string, kept: boolean, progress: Progress): Promise<Lab> {
  const found = await findLab(engine);
  if (found?.node === node) {
    progress.say('the lab that `make up` started is used again');
    return found;
  }
  if (found !== undefined) progress.say('the lab that is up was made from other images: it is replaced');
  return progress.timed('container start to node Ready', () => startLab(engine, node, kept || found?.kept === true));
}

/** What an interrupted build left half done; finished parts are in the cache, so the next build goes on from there. */
async function removeDrafts(): Promise<void> {
  const drafts = (await readdir(stateDir)).filter((name) => /^(context|bake)-/.test(name));
  await Promise.all(drafts.map((name) => rm(join(stateDir, name), { recursive: true, force: true })));
}
