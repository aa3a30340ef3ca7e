/** Access log records as a collector of OpenTelemetry got them, in the words of its exporter `debug`. */

/** One record. */
export interface ExportedRecord {
  /** Its text, e.g. `GET /claims/1`. */
  readonly body: string;
  /** What was said besides, by name, e.g. `{ code: '200' }`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Arguments of kubectl: prints all that the collector of a workload has got since it began. */
export function collectorLogCommand(workload: string): string[] {
  return ['logs', workload, '--container', 'collector', '--tail=-1'];
}

/** Reads what the exporter printed, with `verbosity: detailed`. */
export function readExportedRecords(log: string): ExportedRecord[] {
  return log
    .split(/^LogRecord #\d+$/m)
    .slice(1)
    .map((text) => {
      const [record = ''] = text.split(/^Trace ID:/m, 1);
      const found = record.matchAll(/^ +-> (\S+): Str\((.*)\)$/gm);
      return {
        body: /^Body: Str\((.*)\)$/m.exec(record)?.[1] ?? '',
        attributes: Object.fromEntries(Array.from(found, ([, name = '', value = '']) => [name, value])),
      };
    });
}
