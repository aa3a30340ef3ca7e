import { expect, test } from 'vitest';

import { readZtunnelLog } from './ztunnel-log.ts';

const served =
  '2026-11-30T05:00:00.000001Z\tinfo\taccess\tconnection complete\tsrc.addr=10.244.0.9:41234 src.workload="frontend-7c9" src.namespace="shop" src.identity="spiffe://cluster.local/ns/shop/sa/frontend" dst.addr=10.244.0.8:15008 dst.hbone_addr=10.244.0.8:80 dst.service="backend.shop.svc.cluster.local" dst.workload="backend-5d6" dst.namespace="shop" dst.identity="spiffe://cluster.local/ns/shop/sa/backend" direction="outbound" bytes_sent=78 bytes_recv=310 duration="2ms"';
const refused =
  '2026-11-30T05:00:01.000001Z\terror\taccess\tconnection complete\tsrc.addr=10.244.0.7:50000 src.workload="legacy" src.namespace="old" dst.addr=10.244.0.8:80 dst.workload="backend-5d6" dst.namespace="shop" direction="inbound" bytes_sent=0 bytes_recv=0 duration="0ms" error="connection closed due to policy rejection: explicitly denied by: istio-system/istio_converted_static_strict"';

test('a connection in a tunnel has both identities and the address inside', () => {
  const [line, ...others] = readZtunnelLog(`${served}\n`);
  expect(others).toEqual([]);
  expect(line).toEqual({
    direction: 'outbound',
    from: {
      address: '10.244.0.9:41234',
      workload: 'frontend-7c9',
      namespace: 'shop',
      identity: 'spiffe://cluster.local/ns/shop/sa/frontend',
    },
    to: {
      address: '10.244.0.8:15008',
      workload: 'backend-5d6',
      namespace: 'shop',
      identity: 'spiffe://cluster.local/ns/shop/sa/backend',
    },
    tunnel: '10.244.0.8:80',
    error: '',
    text: served,
  });
});

test('one in plaintext has neither, and a refusal has its reason', () => {
  const [line] = readZtunnelLog(refused);
  expect(line?.from).toEqual({ address: '10.244.0.7:50000', workload: 'legacy', namespace: 'old', identity: '' });
  expect(line?.tunnel).toBe('');
  expect(line?.error).toContain('explicitly denied by: istio-system/istio_converted_static_strict');
});

test('what is no connection is left out', () => {
  expect(readZtunnelLog('2026-11-30T05:00:00Z\tinfo\tstate_manager\tpod received, starting proxy\n')).toEqual([]);
});
