/** Whether and how proxies trace calls, as their listeners say. https://istio.io/latest/docs/tasks/observability/distributed-tracing/telemetry-api/ */

/** How calls that come by one way into a proxy are traced. */
export interface Tracer {
  /** Whose language it speaks, e.g. `opentelemetry`, `zipkin`. */
  readonly language: string;
  /** How Zipkin's tells the next proxy what a call belongs to, where it is not told by `x-b3-…` alone; else empty. */
  readonly option: string;
  /** Of the calls that come without a decision, the share that begins a trace, in per cent. */
  readonly percent: number;
}

/**
 * How each way into a proxy is traced, undefined where it is not.
 *
 * @param dump what `istioctl proxy-config listeners --output json` prints
 */
export function tracersIn(dump: string): (Tracer | undefined)[] {
  return (JSON.parse(dump) as Listener[])
    .flatMap(({ filterChains = [], defaultFilterChain }) => filterChains.concat(defaultFilterChain ?? []))
    .flatMap(({ filters = [] }) => filters.flatMap(({ typedConfig }) => typedConfig ?? []))
    .filter((filter) => filter['@type']?.endsWith('.HttpConnectionManager') === true)
    .map(({ tracing }) => {
      if (tracing?.provider === undefined) return undefined;
      const { name, typedConfig } = tracing.provider;
      return {
        language: name.replace('envoy.tracers.', ''),
        option: typedConfig?.traceContextOption ?? '',
        percent: tracing.randomSampling?.value ?? 0,
      };
    });
}

/** The same in words, each kind once: `opentelemetry, 1 % of the calls`, `none`. */
export function tellTracers(dump: string): string {
  const told = tracersIn(dump).map((tracer) => {
    if (tracer === undefined) return 'none';
    const option = tracer.option === '' ? '' : ` with ${tracer.option}`;
    return `${tracer.language}${option}, ${tracer.percent} % of the calls`;
  });
  return [...new Set(told)].join('\n');
}

/** The part of a listener that is read here. */
interface Listener {
  readonly filterChains?: readonly FilterChain[];
  readonly defaultFilterChain?: FilterChain;
}

interface FilterChain {
  readonly filters?: readonly {
    readonly typedConfig?: {
      readonly '@type'?: string;
      readonly tracing?: {
        readonly randomSampling?: { readonly value?: number };
        readonly provider?: {
          readonly name: string;
          readonly typedConfig?: { readonly traceContextOption?: string };
        };
      };
    };
  }[];
}
