import { expect, test } from 'vitest';

import type { Answer } from './answer.ts';
import { running } from './running.ts';

const call = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Answer };
};

test('any path and method is answered with what the pod saw, its own name first', async () => {
  await using pod = await running({ VERSION: 'v2' });
  const { status, body } = await call(`${pod.url}/any/path?q=1`, {
    method: 'PUT',
    body: 'x',
    headers: { canary: 'true' },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ version: 'v2', method: 'PUT', path: '/any/path?q=1', key: 'default', hits: 1 });
  expect(body.headers).toMatchObject({ canary: 'true' });
  expect(Object.entries(body)[0]).toEqual(['pod', 'backend-1']);
});

test('the first calls of each key fail, then they succeed', async () => {
  await using pod = await running();
  const statuses = async (query: string) => {
    const first = await call(`${pod.url}/?${query}`);
    const second = await call(`${pod.url}/?${query}`);
    return [first.status, second.status];
  };
  expect(await statuses('failFirst=1&key=a')).toEqual([503, 200]);
  expect(await statuses('failFirst=1&key=b&status=500')).toEqual([500, 200]);
  expect(await statuses('failFirst=1&key=a')).toEqual([200, 200]);
});

test('a POST that fails is counted as done, as it would be of an order', async () => {
  await using pod = await running();
  const order = async () => (await call(`${pod.url}/order?failFirst=1&key=o`, { method: 'POST', body: '{}' })).body;
  expect(await order()).toMatchObject({ hits: 1, fault: 'call 1 of this key, the first 1 fail' });
  expect(await order()).toMatchObject({ hits: 2 });
});

test('calls fail at the rate that chance gives them', async () => {
  const numbers = [0.1, 0.3, 0.19, 0.2];
  await using pod = await running({ FAIL_STATUS: '500', FAIL_RATE: '0.2' }, { random: () => numbers.shift() ?? 1 });
  const statuses: number[] = [];
  while (numbers.length > 0) statuses.push((await call(pod.url)).status);
  expect(statuses).toEqual([500, 200, 500, 200]);
});

test("a call's own fault does not lift the pod's", async () => {
  await using pod = await running({ FAIL_STATUS: '500' });
  expect(await call(`${pod.url}/?rate=0`)).toMatchObject({ status: 500 });
  expect(await call(`${pod.url}/?status=418`)).toMatchObject({ status: 418 });
});

test('a fault nobody can mean is refused with 400 and not counted', async () => {
  await using pod = await running();
  const refused = await call(`${pod.url}/?delay=-1s`);
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^delay must be .*not "-1s"$/) } });
  expect((await call(pod.url)).body.hits).toBe(1);
});

test('a delayed call takes at least its delay', async () => {
  await using pod = await running({ DELAY: '30ms' });
  const started = performance.now();
  await call(`${pod.url}/?delay=1ms`);
  // Timers may fire a fraction of a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(29);
});

test('the answer of a chain holds that of each hop, and the marker reaches the last', async () => {
  await using last = await running({ POD: 'backend-1' });
  await using middle = await running({ POD: 'middle-1', NEXT: `${last.url}/stock` });
  await using first = await running({ POD: 'frontend-1', NEXT: `${middle.url}/` });
  const { status, body } = await call(first.url, { headers: { 'x-marker': 'm7', authorization: 'secret' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    pod: 'frontend-1',
    next: { status: 200, body: { pod: 'middle-1', next: { body: { pod: 'backend-1', path: '/stock' } } } },
  });
  expect(last.log).toMatchObject([{ marker: 'm7', path: '/stock' }]);
  expect(JSON.stringify(body.next)).not.toContain('secret');
});

test('a chain told not to propagate loses the marker at the next hop', async () => {
  await using last = await running();
  await using first = await running({ NEXT: last.url, PROPAGATE: 'false' });
  expect(await call(first.url, { headers: { 'x-marker': 'm7' } })).toMatchObject({ status: 200 });
  expect(last.log[0]).not.toHaveProperty('marker');
});

test('a call says for itself which headers go on, whatever the pod does otherwise', async () => {
  await using last = await running();
  await using first = await running({ NEXT: last.url, PROPAGATE: 'false' });
  await using second = await running({ NEXT: last.url });
  const headers = { 'x-marker': 'm7', traceparent: '00-1-2-01', 'x-b3-traceid': '1' };
  const passedOn = async (url: string) => {
    const { next } = (await call(url, { headers })).body;
    const seen = next?.body as Answer | undefined;
    return Object.keys(headers).filter((name) => seen !== undefined && name in seen.headers);
  };
  expect(await passedOn(`${first.url}/?propagate=w3c`)).toEqual(['x-marker', 'traceparent']);
  expect(await passedOn(`${first.url}/?propagate=b3`)).toEqual(['x-marker', 'x-b3-traceid']);
  expect(await passedOn(`${first.url}/?propagate=all`)).toEqual(Object.keys(headers));
  expect(await passedOn(`${second.url}/?propagate=none`)).toEqual([]);
  expect(await passedOn(second.url)).toEqual(Object.keys(headers));
  expect(await call(`${second.url}/?propagate=some`)).toMatchObject({
    status: 400,
    body: { error: 'propagate must be none, w3c, b3 or all, not "some"' },
  });
});

test('a hop that fails makes the one before it answer 502, and says why', async () => {
  await using last = await running({ FAIL_STATUS: '500' });
  await using first = await running({ NEXT: last.url });
  expect(await call(first.url)).toMatchObject({
    status: 502,
    body: { next: { status: 500, body: { fault: 'every call fails' } } },
  });
});

test('the database is asked once per call and handed the marker', async () => {
  const asked: string[] = [];
  const askDatabase = async (marker: string) => ({ one: asked.push(marker), marker });
  await using pod = await running({}, { askDatabase });
  expect(await call(pod.url, { headers: { 'x-marker': 'm7' } })).toMatchObject({
    status: 200,
    body: { database: { one: 1, marker: 'm7' } },
  });
  await call(pod.url);
  expect(asked).toEqual(['m7', '']);
});

test('a database that does not answer makes the call a 502', async () => {
  await using pod = await running({}, { askDatabase: async () => ({ error: 'connection refused' }) });
  expect(await call(pod.url)).toMatchObject({ status: 502, body: { database: { error: 'connection refused' } } });
});

test('a call that a fault fails asks neither database nor next hop', async () => {
  await using last = await running();
  const askDatabase = () => Promise.reject(new Error('was asked'));
  await using first = await running({ NEXT: last.url }, { askDatabase });
  expect(await call(`${first.url}/?status=503`)).toMatchObject({ status: 503 });
  expect(last.log).toEqual([]);
});
