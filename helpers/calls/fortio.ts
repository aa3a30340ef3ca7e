/** What the load generator fortio counted and measured. https://github.com/fortio/fortio#json-output */

/** The result of one load, as its caller saw it. */
export interface FortioResult {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Calls a second that it came to, which is at most what was asked for. */
  readonly perSecond: number;
  /** Calls that it made and measured; those that warm its connections up are not among them. */
  readonly calls: number;
  /** How many of them ended with each status; `-1` for those without an answer. */
  readonly codes: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /**
   * Milliseconds within which so many per cent of the calls ended, interpolated in fortio's own buckets, which are finer
   * than Envoy's.
   *
   * @throws {Error} if fortio was not asked for it: by itself it tells 50, 75, 90, 99 and 99.9
   */
  readonly percentile: (percent: number) => number;
}

/** Reads what `fortio load -json -` prints, whatever it logs around it. @throws {Error} if there is no result in it */
export function readFortio(output: string): FortioResult {
  const [json] = /^\{\n[^]*?^\}/m.exec(output) ?? [];
  if (json === undefined) throw new Error(`fortio has printed no result: ${output.slice(0, 500)}`);
  const { StartTime, ActualDuration, ActualQPS, RetCodes, DurationHistogram } = JSON.parse(json) as Printed;
  const { Count, Min, Max, Avg, Percentiles } = DurationHistogram;
  return {
    startedAt: Date.parse(StartTime),
    seconds: ActualDuration / 1e9,
    perSecond: ActualQPS,
    calls: Count,
    codes: RetCodes,
    mean: Avg * 1000,
    least: Min * 1000,
    most: Max * 1000,
    percentile: (percent) => {
      const found = Percentiles?.find(({ Percentile }) => Percentile === percent);
      if (found === undefined)
        throw new Error(`fortio was not asked for percentile ${percent}: its option -p names them`);
      return found.Value * 1000;
    },
  };
}

interface Printed {
  readonly StartTime: string;
  /** Nanoseconds. */
  readonly ActualDuration: number;
  readonly ActualQPS: number;
  readonly RetCodes: Readonly<Record<string, number>>;
  /** Seconds. */
  readonly DurationHistogram: {
    readonly Count: number;
    readonly Min: number;
    readonly Max: number;
    readonly Avg: number;
    readonly Percentiles: readonly { readonly Percentile: number; readonly Value: number }[] | null;
  };
}
