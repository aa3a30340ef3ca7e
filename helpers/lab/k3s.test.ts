import { expect, test } from 'vitest';

import { east } from '../../kind/clusters.ts';
import { serverCommand } from './k3s.ts';

test('k3s comes without what breaks discovery, takes either version of cgroups, and collects no image', () => {
  const [program, ...flags] = serverCommand(east);
  expect(program).toBe('server');
  expect(flags).toContain('--cluster-cidr=10.245.0.0/16');
  const disabled = flags.find((flag) => flag.startsWith('--disable='))?.slice('--disable='.length);
  expect(disabled?.split(',')).toEqual(
    expect.arrayContaining(['traefik', 'metrics-server', 'servicelb', 'local-storage']),
  );
  expect(flags).toContain('--kubelet-arg=fail-cgroupv1=false');
  expect(flags).toContain('--kubelet-arg=image-gc-high-threshold=100');
});
