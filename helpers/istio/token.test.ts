import { createPublicKey, verify } from 'node:crypto';

import { expect, test } from 'vitest';

import { TokenIssuer } from './token.ts';

test('a token is signed with the key of the published set', () => {
  const issuer = new TokenIssuer('first');
  const [head = '', body = '', signature = ''] = issuer.token({ sub: 'ana' }).split('.');
  const { keys } = JSON.parse(issuer.jwks) as { keys: { kid: string }[] };
  const key = createPublicKey({ key: keys[0] as never, format: 'jwk' });
  const signed = Buffer.from(`${head}.${body}`);
  const options = { key, dsaEncoding: 'ieee-p1363' as const };
  expect(verify('sha256', signed, options, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(verify('sha256', Buffer.from(`${head}.${body}x`), options, Buffer.from(signature, 'base64url'))).toBe(false);
  expect(keys).toMatchObject([{ kid: 'first', alg: 'ES256' }]);
  expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({ sub: 'ana' });
});

test('the key set holds no private half, and each issuer has a key of its own', () => {
  expect(new TokenIssuer('a').jwks).not.toContain('"d"');
  expect(new TokenIssuer('a').jwks).not.toBe(new TokenIssuer('a').jwks);
});

test('an unsigned token has no signature', () => {
  expect(new TokenIssuer('a').unsigned({ sub: 'ana' })).toMatch(/^[\w-]+\.[\w-]+\.$/);
});
