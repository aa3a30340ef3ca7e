import type Docker from 'dockerode';

/**
 * Removes the containers that carry a label, with their volumes; also those that kind made for them, which have names
 * and so would stay.
 *
 * @param createdBy leaves what was created later, in milliseconds since 1970; engines tell whole seconds
 * @returns how many containers there were
 */
export async function removeLabelled(
  api: Docker,
  labels: Readonly<Record<string, string>>,
  createdBy = Infinity,
): Promise<number> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const all = await api.listContainers({ all: true, filters: { label } });
  const found = all.filter(({ Created }) => Created * 1_000 <= createdBy);
  await Promise.all(found.map(({ Id }) => removeWithVolumes(api, Id)));
  return found.length;
}

/** True if the container is gone already (404), or somebody else is just removing it (409), as a reaper may. */
function goesAnyway(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number };
  return statusCode === 404 || statusCode === 409;
}

async function removeWithVolumes(api: Docker, id: string): Promise<void> {
  const container = api.getContainer(id);
  const { Mounts } = await container.inspect();
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (!goesAnyway(error)) throw error;
    await container.wait({ condition: 'removed' }).catch(() => undefined);
  }
  const volumes = Mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name !== undefined ? [Name] : []));
  // Most are gone with their container.
  await Promise.all(
    volumes.map((name) =>
      api
        .getVolume(name)
        .remove()
        .catch(() => undefined),
    ),
  );
}
