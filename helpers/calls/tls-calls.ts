/**
 * Calls that openssl makes in a pod. Proxies of Istio speak a protocol of their own inside TLS, and ask for names that are no
 * hosts; curl can say neither.
 */
import { certificatesIn, spiffeIds } from '../istio/certificate.ts';

/** Where such a call goes, and what it shows. */
export interface TlsCall {
  /** Host and port. */
  readonly to: string;
  /** Name that is asked for in TLS. */
  readonly serverName: string;
  /** Protocol that is asked for in TLS, `istio` unless another is; none for ''. */
  readonly protocol?: string;
  /** Folder in the pod with `tls.crt`, `intermediate.crt` and `tls.key`; without it no certificate is shown. */
  readonly keys?: string;
}

/** How such a call ended. */
export interface TlsEnding {
  /** True if somebody took the connection, whatever came after. */
  readonly connected: boolean;
  /** Identity in the certificate that it was shown; '' where there was none. */
  readonly shown: string;
  /** Status of the HTTP answer; 0 where there was none. */
  readonly status: number;
  /** True for the words of a proxy whose policies refuse. */
  readonly isForbidden: boolean;
  /** What TLS said when it ended the connection, e.g. `certificate required`; '' where it did not. */
  readonly alert: string;
}

/** A command that makes so many calls, each a connection of its own, with a GET in each. */
export function tlsCalls(times: number, { to, serverName, protocol = 'istio', keys }: TlsCall): string[] {
  const words = [
    `openssl s_client -connect ${to} -servername ${serverName}`,
    ...(protocol === '' ? [] : [`-alpn ${protocol}`]),
    ...(keys === undefined ? [] : [`-cert ${keys}/tls.crt -cert_chain ${keys}/intermediate.crt -key ${keys}/tls.key`]),
    '-ign_eof',
  ];
  const request = String.raw`GET / HTTP/1.1\r\nHost: ${serverName}\r\nConnection: close\r\n\r\n`;
  const call = `printf '${request}' | timeout 5 ${words.join(' ')}`;
  return ['sh', '-c', `for call in $(seq ${times}); do echo "call $call"; ${call}; done 2>&1`];
}

/** Reads what that command prints. */
export function readTlsEndings(text: string): TlsEnding[] {
  const [, ...calls] = text.split(/^call \d+$/m);
  return calls.map((call) => {
    const [certificate] = certificatesIn(call);
    return {
      connected: call.includes('CONNECTED('),
      shown: certificate === undefined ? '' : spiffeIds(certificate).join(),
      // It may come in the middle of a line: openssl prints what it says of a session more slowly than what it is sent.
      status: Number(/HTTP\/1\.1 (\d{3}) /.exec(call)?.[1] ?? 0),
      isForbidden: call.includes('RBAC: access denied'),
      alert: /\balert ([a-z ]+)/.exec(call)?.[1] ?? '',
    };
  });
}

/** What that command prints, a line for each call. */
export function tellTlsEndings(text: string): string {
  return readTlsEndings(text)
    .map(({ connected, shown, status, isForbidden, alert }) =>
      [
        ...(connected ? [] : ['no connection']),
        shown === '' ? 'no certificate' : shown,
        status === 0 ? 'no HTTP answer' : `HTTP ${status}`,
        ...(isForbidden ? ['RBAC: access denied'] : []),
        ...(alert === '' ? [] : [`alert ${alert}`]),
      ].join(', '),
    )
    .join('\n');
}
