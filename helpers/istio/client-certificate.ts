/** What a sidecar tells its application about the certificates of a caller: the header x-forwarded-client-cert. */

/** One element of the header: what one proxy says about the certificate that it was shown. */
export interface ToldCertificate {
  /** Identity of the proxy that says so; empty where the element does not tell. */
  readonly by: string;
  /** SHA-256 of the certificate, as `certificateHash` has it; empty where the element does not tell. */
  readonly hash: string;
  /** Identity in the certificate; empty where the element does not tell. */
  readonly caller: string;
}

/**
 * Reads the header out of an answer of the test server, which repeats the headers that it was sent. A proxy adds its own
 * element at the end, so what stands before the last one is a caller's word.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 *
 * @param body what was answered; no answer of the test server has no elements
 */
export function toldCertificates(body: string): ToldCertificate[] {
  const { headers = {} } = (body.startsWith('{') ? JSON.parse(body) : {}) as {
    headers?: Readonly<Record<string, string>>;
  };
  // A subject stands in quotes and may hold commas and semicolons.
  const header = (headers['x-forwarded-client-cert'] ?? '').replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  return header.split(',').flatMap((element) => {
    const field = (name: string) => new RegExp(`(?:^|;)${name}=([^;]*)`).exec(element.trim())?.[1] ?? '';
    return element === '' ? [] : [{ by: field('By'), hash: field('Hash'), caller: field('URI') }];
  });
}
