/** Tokens of an issuer that only this run knows: keys, and JSON Web Tokens signed with them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** What a token says, e.g. `{ iss, sub, exp, group: 'admin' }`. https://www.rfc-editor.org/rfc/rfc7519#section-4 */
export type Claims = Readonly<Record<string, unknown>>;

/** Someone who signs tokens. */
export class TokenIssuer {
  readonly #key: KeyObject;
  /** Public half as a key set in JSON, for `jwksUri`'s sibling `jwks`. https://www.rfc-editor.org/rfc/rfc7517 */
  readonly jwks: string;
  readonly #keyId: string;

  /** Makes a key pair on a curve (ES256). */
  constructor(keyId: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.#keyId = keyId;
    this.jwks = JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' }],
    });
  }

  /** A token that says this; it is a secret, and whoever holds it may use it. */
  token(claims: Claims): string {
    const signed = `${part({ alg: 'ES256', typ: 'JWT', kid: this.#keyId })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** A token that says the same and that nobody signed: `alg: none`. https://www.rfc-editor.org/rfc/rfc7519#section-6 */
  unsigned(claims: Claims): string {
    return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
