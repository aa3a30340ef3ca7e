import { expect, test } from 'vitest';

import { requestOf } from './request.ts';

test('tells host, first label, method, path and headers', () => {
  expect(requestOf(['-H', 'x-user: ann', 'http://backend.shop:8080/orders?n=[1-40]'])).toEqual({
    host: 'backend.shop:8080',
    target: 'backend',
    request: 'GET /orders (x-user: ann)',
  });
});

test('an address is named whole, and what sends a body is a POST unless it says otherwise', () => {
  expect(requestOf(['--data', 'x', 'http://10.0.0.7/'])).toMatchObject({ target: '10.0.0.7', request: 'POST /' });
  expect(requestOf(['-X', 'PUT', '-d', 'x', 'http://backend/'])).toMatchObject({ request: 'PUT /' });
});
