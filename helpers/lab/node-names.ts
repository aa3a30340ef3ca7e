import type Docker from 'dockerode';

import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import { kindLabel } from './engine/checkout.ts';
import { inContainer } from './engine/in-container.ts';

/**
 * Tells the nodes of a kind cluster each other's names while kind starts them: workers join the control plane by its
 * name, and a Podman without DNS plugin answers no names. Written before kubeadm on the first node is through; where
 * the engine answers, it says the same. Ends with `created`, however that ends.
 */
export async function addHostEntries(api: Docker, nodes: number, created: Promise<unknown>): Promise<void> {
  if (nodes === 1) return;
  let over = false;
  const end = () => {
    over = true;
  };
  created.then(end, end);
  const label = Object.entries(kindLabel('west')).map(([name, value]) => `${name}=${value}`);
  const { last } = await converge(
    async () => {
      const running = await api.listContainers({ filters: { label } });
      return Promise.all(running.map(({ Id }) => addressOf(api, Id)));
    },
    (found) => over || (found.length === nodes && found.every(({ address }) => address !== '')),
    { deadlineMs: timeouts.nodeReadyMs },
  );
  if (over) return;
  const lines = last.map(({ address, name }) => `${address} ${name}`).join('\n');
  const append = ['bash', '-c', `printf '%s\\n' "$1" >>/etc/hosts`, 'append', lines];
  await Promise.all(last.map(({ id }) => inContainer(api.getContainer(id), ...append)));
}

async function addressOf(api: Docker, id: string): Promise<{ id: string; name: string; address: string }> {
  const { Config, NetworkSettings } = await api.getContainer(id).inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  return { id, name: Config.Hostname ?? '', address: network?.IPAddress ?? '' };
}
