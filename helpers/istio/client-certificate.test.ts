import { expect, test } from 'vitest';

import { toldCertificates } from './client-certificate.ts';

const own = 'By=spiffe://m/sa/backend;Hash=a698;Subject="CN=a,b;URI=c";URI=spiffe://m/sa/attacker';
const answer = (header?: string) =>
  JSON.stringify({ pod: 'backend-1', headers: header === undefined ? {} : { 'x-forwarded-client-cert': header } });

test('an element tells who was told, by which certificate, and who called', () => {
  expect(toldCertificates(answer(own))).toEqual([
    { by: 'spiffe://m/sa/backend', hash: 'a698', caller: 'spiffe://m/sa/attacker' },
  ]);
});

test('what a caller wrote itself stands before what the proxy added', () => {
  expect(toldCertificates(answer(`URI=spiffe://m/sa/ceo,${own}`)).map(({ caller }) => caller)).toEqual([
    'spiffe://m/sa/ceo',
    'spiffe://m/sa/attacker',
  ]);
});

test.each([answer(), '', 'upstream connect error'])('no certificate was told of in %j', (body) => {
  expect(toldCertificates(body)).toEqual([]);
});
