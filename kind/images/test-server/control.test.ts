import { expect, test } from 'vitest';

import { running } from './running.ts';

const get = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
};

test('hits of a key, and of all keys, are told without being counted', async () => {
  await using pod = await running();
  for (const path of ['/?key=a', '/orders?key=a', '/']) await get(`${pod.url}${path}`);
  expect(await get(`${pod.url}/hits?key=a`)).toEqual({ status: 200, body: { pod: 'backend-1', key: 'a', hits: 2 } });
  expect(await get(`${pod.url}/hits?key=b`)).toMatchObject({ body: { hits: 0 } });
  expect(await get(`${pod.url}/hits`)).toMatchObject({ body: { hits: { a: 2, default: 1 } } });
});

test('hits are forgotten on DELETE', async () => {
  await using pod = await running();
  await get(`${pod.url}/?key=a`);
  expect(await get(`${pod.url}/hits`, { method: 'DELETE' })).toMatchObject({ status: 200, body: { hits: {} } });
  expect(await get(`${pod.url}/?key=a`)).toMatchObject({ body: { hits: 1 } });
});

test('a fault breaks the pod at run time and heals with DELETE, whoever set it', async () => {
  await using pod = await running({ FAIL_STATUS: '500' });
  expect(await get(pod.url)).toMatchObject({ status: 500, body: { fault: 'every call fails' } });
  await get(`${pod.url}/fault`, { method: 'POST', body: '{"status": 418}' });
  expect(await get(pod.url)).toMatchObject({ status: 418 });
  expect(await get(`${pod.url}/fault`, { method: 'DELETE' })).toMatchObject({ status: 200 });
  expect(await get(pod.url)).toMatchObject({ status: 200 });
});

test('the fault in force is told, and a new one replaces it whole', async () => {
  await using pod = await running({ DELAY: '5m', READY: 'false' });
  expect(await get(`${pod.url}/fault`)).toMatchObject({ body: { fault: { delayMs: 300_000, ready: false } } });
  await get(`${pod.url}/fault`, { method: 'POST', body: '{"rate": 0.5}' });
  expect(await get(`${pod.url}/fault`)).toMatchObject({ body: { fault: { delayMs: 0, rate: 0.5, ready: true } } });
});

test.for([
  ['{"status": 99}', 'status must be a whole number from 200 to 599, not "99"'],
  ['{"staus": 500}', '"staus" is not one of delay, status, rate, failFirst, ready'],
  ['status=500', 'the body is no JSON'],
  ['[]', 'the body is no JSON object'],
])('the fault %s is refused with 400 and changes nothing', async ([body = '', error]) => {
  await using pod = await running();
  expect(await get(`${pod.url}/fault`, { method: 'POST', body })).toEqual({
    status: 400,
    body: { pod: 'backend-1', error },
  });
  expect(await get(pod.url)).toMatchObject({ status: 200 });
});

test('a pod that fails every call is still ready, until its fault says otherwise', async () => {
  await using pod = await running({ FAIL_STATUS: '500' });
  expect(await get(`${pod.url}/healthz`)).toEqual({ status: 200, body: { pod: 'backend-1', ready: true } });
  await get(`${pod.url}/fault`, { method: 'POST', body: '{"ready": false}' });
  expect(await get(`${pod.url}/healthz`)).toMatchObject({ status: 503, body: { ready: false } });
  expect(await get(pod.url)).toMatchObject({ status: 200 });
});

test('what is posted to the inbox is kept in order, with the time at which it came', async () => {
  await using pod = await running({ FAIL_STATUS: '500' });
  const post = (body: string) => get(`${pod.url}/inbox`, { method: 'POST', body });
  expect(await get(`${pod.url}/inbox`)).toEqual({ status: 200, body: { pod: 'backend-1', inbox: [] } });
  expect(await post('{"status":"firing"}')).toMatchObject({ status: 200, body: { inbox: 1 } });
  expect(await post('[1]')).toMatchObject({ body: { inbox: 2 } });
  expect(await post('firing')).toMatchObject({ status: 400, body: { error: 'the body is no JSON' } });
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
  const letters = [
    { at, body: { status: 'firing' } },
    { at, body: [1] },
  ];
  expect(await get(`${pod.url}/inbox`)).toMatchObject({ body: { inbox: letters } });
  expect(await get(`${pod.url}/inbox`, { method: 'DELETE' })).toMatchObject({ body: { inbox: [] } });
  expect(await get(`${pod.url}/inbox`)).toMatchObject({ body: { inbox: [] } });
});

test('a control path names the methods it knows', async () => {
  await using pod = await running();
  expect(await get(`${pod.url}/fault`, { method: 'PUT' })).toMatchObject({
    status: 405,
    body: { error: '/fault knows GET, POST, DELETE' },
  });
});
