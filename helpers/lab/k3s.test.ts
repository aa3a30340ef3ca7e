import { expect, test } from 'vitest';

import { serverCommand } from './k3s.ts';

test('k3s comes without what breaks discovery, takes either version of cgroups, and collects no image', () => {
  const [program, ...flags] = serverCommand;
  expect(program).toBe('server');
  const disabled = flags.find((flag) => flag.startsWith('--disable='))?.slice('--disable='.length);
  expect(disabled?.split(',')).toEqual(
    expect.arrayContaining(['traefik', 'metrics-server', 'servicelb', 'local-storage']),
  );
  expect(flags).toContain('--kubelet-arg=fail-cgroupv1=false');
  expect(flags).toContain('--kubelet-arg=image-gc-high-threshold=100');
});
