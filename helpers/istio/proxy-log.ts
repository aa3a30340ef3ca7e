/** The access log of a sidecar in Istio's default format. https://istio.io/latest/docs/tasks/observability/logs/access-log/ */

/** One line: a call, or a connection where it is not taken for HTTP. */
export interface ProxyLogLine {
  /** E.g. `GET`; `-` for a connection. */
  readonly method: string;
  /** With its query; `-` for a connection. */
  readonly path: string;
  /** 0 for a connection, and for a call that nobody answered. */
  readonly status: number;
  /** E.g. `NR`, `UF,URX`, `-`. */
  readonly flags: string;
  /** Why it ended so, e.g. `via_upstream`, `rbac_access_denied_matched_policy[none]`. */
  readonly details: string;
  /** The same for a connection that was ended: `-` where it was not. */
  readonly termination: string;
  /** Bytes of the bodies; of a connection, of all that went over it. */
  readonly received: number;
  readonly sent: number;
  readonly durationMs: number;
  /** Addresses from which the call says that it comes, which a proxy on its way wrote; `-` where none did. */
  readonly forwardedFor: string;
  readonly userAgent: string;
  /** The same at every proxy of a call, and at each of its tries. */
  readonly requestId: string;
  /** Host that was asked for. */
  readonly authority: string;
  /** Address and port that it was sent to; `-` where to none. */
  readonly to: string;
  /** Where it went, e.g. `inbound|80||` for the pod's own application; `-` where nowhere. */
  readonly cluster: string;
  /** Address and port of the caller, as the proxy saw them. */
  readonly from: string;
  /** Name that the caller asked for in its TLS handshake; `-` where there was none, as with plaintext. */
  readonly serverName: string;
  /** Name of the route; `-` where none is. */
  readonly route: string;
  /** The line itself. */
  readonly text: string;
}

/**
 * [%START_TIME%] "%REQ(:METHOD)% %PATH% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%
 * %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" bytes bytes duration upstream-time
 * "%X-FORWARDED-FOR%" "%USER-AGENT%" "%X-REQUEST-ID%" "%:AUTHORITY%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER%
 * %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%
 */
const format =
  /^\[[^\]]+\] "(\S+) (\S+) \S+" (\d+) (\S+) (.+?) (\S+) "[^"]*" (\d+) (\d+) (\d+) \S+ "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" (\S+) \S+ \S+ (\S+) (\S+) (\S+)$/;

/** Reads a proxy's log; what is no line of the access log is left out. */
export function readProxyLog(log: string): ProxyLogLine[] {
  return log.split('\n').flatMap((text) => {
    const fields = format.exec(text);
    if (fields === null) return [];
    const [
      ,
      method = '',
      path = '',
      status,
      flags = '',
      details = '',
      termination = '',
      received,
      sent,
      durationMs,
      forwardedFor = '',
      userAgent = '',
      requestId = '',
      authority = '',
      to = '',
      cluster = '',
      from = '',
      serverName = '',
      route = '',
    ] = fields;
    const call = { method, path, status: Number(status), flags, details, termination };
    const figures = { received: Number(received), sent: Number(sent), durationMs: Number(durationMs) };
    return [
      {
        ...call,
        ...figures,
        forwardedFor,
        userAgent,
        requestId,
        authority,
        to,
        cluster,
        from,
        serverName,
        route,
        text,
      },
    ];
  });
}

/** Arguments of kubectl: prints all that the proxy of a workload has logged, e.g. of `deployment/backend`. */
export function proxyLogCommand(workload: string): string[] {
  return ['logs', workload, '--container', 'istio-proxy', '--tail=-1'];
}

/** Connections from an address that the proxy closed since they fitted nothing it takes, as plaintext does under STRICT. */
export function cutOffFrom(log: string, address: string): ProxyLogLine[] {
  return readProxyLog(log).filter(
    ({ status, flags, details, from }) =>
      status === 0 && flags === 'NR' && details === 'filter_chain_not_found' && from.startsWith(`${address}:`),
  );
}

/** The flags of a line by their names, in the order of the alphabet: Envoy has printed both `UF,URX` and `URX,UF`. */
export function flagsOf({ flags }: Pick<ProxyLogLine, 'flags'>): string[] {
  return flags
    .split(',')
    .filter((flag) => flag !== '-' && flag !== '')
    .toSorted();
}

/** Lines of calls that carry a mark in their query, e.g. `call=first`. */
export function linesOfCall(log: string, mark: string): ProxyLogLine[] {
  return readProxyLog(log).filter(({ path }) => path.split(/[?&]/).slice(1).includes(mark));
}

/**
 * Names of the headers with which a proxy handed a call on, as its log has them under `router=debug`; none unless it did.
 *
 * @param path of the call, with its query
 */
export function headersHandedOn(log: string, path: string): string[] {
  return log
    .split('router decoding headers:')
    .slice(1)
    .map((text) => text.split('\tthread=', 1)[0] ?? '')
    .filter((headers) => headers.includes(`\n':path', '${path}'\n`))
    .flatMap((headers) => Array.from(headers.matchAll(/^'([^']+)', /gm), ([, name = '']) => name));
}
