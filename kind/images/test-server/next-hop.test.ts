import { expect, test } from 'vitest';

import { callNext, headersToPassOn } from './next-hop.ts';
import { running } from './running.ts';

const patient = new AbortController().signal;

test('the marker and tracing headers go on, nothing else does', () => {
  const tracing = {
    'x-request-id': '1',
    traceparent: '2',
    tracestate: '3',
    baggage: '4',
    b3: '5',
    'x-b3-traceid': '6',
  };
  const others = {
    host: 'backend',
    authorization: 'Bearer x',
    'content-length': '3',
    'x-b3': 'no',
    connection: 'close',
  };
  expect(headersToPassOn({ ...others, ...tracing, 'x-marker': 'm' })).toEqual({ ...tracing, 'x-marker': 'm' });
});

test.for([
  ['none', []],
  ['w3c', ['x-marker', 'traceparent', 'tracestate', 'baggage']],
  ['b3', ['x-marker', 'b3', 'x-b3-traceid', 'x-b3-sampled']],
] as const)('%s passes on %o', ([propagation, names]) => {
  const tracing = {
    traceparent: '2',
    tracestate: '3',
    baggage: '4',
    b3: '5',
    'x-b3-traceid': '6',
    'x-b3-sampled': '1',
  };
  const headers = { 'x-marker': 'm', 'x-request-id': '1', ...tracing, 'x-ot-span-context': '7', host: 'backend' };
  expect(Object.keys(headersToPassOn(headers, propagation))).toEqual(names);
});

test('a JSON answer is embedded as it is', async () => {
  await using hop = await running();
  const answer = await callNext(new URL(`${hop.url}/orders?status=404`), { 'x-marker': 'm' }, patient);
  expect(answer).toMatchObject({
    url: `${hop.url}/orders?status=404`,
    status: 404,
    body: { path: '/orders?status=404' },
  });
});

test('each call is made on a connection of its own', async () => {
  await using hop = await running();
  await callNext(new URL(hop.url), {}, patient);
  const { body } = await callNext(new URL(hop.url), {}, patient);
  expect(body).toMatchObject({ connection: 2 });
});

test('a hop that nobody listens on is an answer with an error', async () => {
  const { url } = await (async () => {
    await using gone = await running();
    return { url: new URL(gone.url) };
  })();
  expect(await callNext(url, {}, patient)).toEqual({
    url: url.href,
    status: 0,
    error: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('a call that is given up is an answer with an error', async () => {
  await using hop = await running();
  const answer = await callNext(new URL(hop.url), {}, AbortSignal.abort());
  expect(answer).toMatchObject({ status: 0, error: 'The operation was aborted' });
});
