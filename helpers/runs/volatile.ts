/**
 * What differs between two runs without meaning anything, and what stands for it; order matters. A figure with decimals and
 * one without have the same name, since what is measured may happen to be whole.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  // A line that was cut ends wherever its values made it end.
  [/\S*…/g, '…'],
  // How seldom chance does something, which follows from a count.
  [/\bonce in [\d,.^]+(?: million| billion)?/g, 'once in <number>'],
  // The number of a question to a name server, and of a process of PostgreSQL.
  [/(?<=, id: )\d+\b/g, '<number>'],
  [/\[\d+\](?= LOG:)/g, '[<pid>]'],
  // How often something happened or was tried until then, and the thread that did it.
  [/ \(x\d+ over [^)]*\)/g, ''],
  [/\bthread=\d+\b/g, 'thread=<number>'],
  [/^[1-9]\d* (?=calls$)/g, '<number> '],
  [/\battempt \d+\b/g, 'attempt <number>'],
  // What Kubernetes' programs put before a line they log: day, time, process and line of the source.
  [/\b([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\S+\.go):\d+\]/g, '$1 $2]'],
  // An access log: when, and how many bytes were answered.
  [/\b\d\d\/\w{3}\/\d{4}:\S+ [+-]\d{4}\b/g, '<time>'],
  [/(?<=\\?" \d{3} )\d+\b/g, '<bytes>'],
  // Of Envoy: how many bytes were answered, how long the whole took, and the part behind it.
  [/(?<=" \d+ )\d+ \d+ (?:\d+|-)(?= ")/g, '<bytes> <duration>'],
  [/(?<=x-envoy-upstream-service-time: )\d+/g, '<duration>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ \d\d:\d\d:\d\d \w+ \d{4}\b/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
  [/\b\d{4}[/-]\d\d[/-]\d\d\b/g, '<date>'],
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, '<time>'],
  // Seconds since 1970, which Prometheus prints without decimals when they are none.
  [/(?<=\[)1[6-9]\d{8}(?:\.\d+)?(?=,")/g, '<number>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\b(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}\b/gi, '<fingerprint>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, '<ip>'],
  // The state of the world by istiod's count.
  [/(?<=<time>\/)\d+/g, '<number>'],
  // What a capture prints before the first word of a request.
  [/[^\s"]*(?=(?:GET|POST|DELETE) \/)/g, ''],
  // A pod of a Deployment: the hash of its template, and five characters of its own, in letters that make no words.
  [/(?<=[a-z0-9])-[bcdf-hj-np-tv-xz\d]{6,10}-[bcdf-hj-np-tv-xz\d]{5}\b/g, '-<pod>'],
  [/(?<![\w.])\d+(?:\.\d+)?\s?(?:ns|µs|ms|s|m|h|d|seconds|minutes)\b(?:\d+[smh]\b)*/g, '<duration>'],
  [/(?<![\w.])\d+\.\d+(?![\w.])/g, '<number>'],
  // A value of Prometheus, which counts in words.
  [/(?<=<number>,")[1-9]\d*(?="\])/g, '<number>'],
  [/[A-Za-z0-9+/=_]{32,}/g, '<blob>'],
  [/\b[0-9a-f]{12,}\b/g, '<hex>'],
  // Ports that a kernel hands out.
  [/\b(?:3[2-9]|[45]\d|6[0-5])\d{3}\b/g, '<port>'],
  [/^[1-9]\d*$/g, '<number>'],
  // A series of a proxy, with its value.
  [/(?<=\} )[1-9]\d*$/gm, '<number>'],
  // A counter of a proxy.
  [/(?<=^\S+\.\S+: )[1-9]\d*$/gm, '<number>'],
  // How often something was counted; none and some differ, and a status is no count.
  [/(?<!\b(?:status|code|curlExit|exitCode)"?:\s*)(?<=[:,[]\s*)[1-9]\d*(?=\s*[,}\])])/g, '<number>'],
  [/(?<!\b(?:status|code|curlExit|exitCode): )(?<=^[\w ]+: (?:.*: )?)[1-9]\d*$/g, '<number>'],
  // Columns are as wide as their widest value.
  [/[ \t]+/g, ' '],
];

/** A text without what no two runs have in common: times, addresses, names of pods, ports, measured decimals, widths. */
export function steady(text: string): string {
  return forms.reduce((kept, [pattern, name]) => kept.replaceAll(pattern, name), text);
}

/**
 * An output of several lines or parts without their order and without repetitions: which come is the substance; in which
 * order pods and rules are listed, and how many calls were made meanwhile, is not.
 */
export function steadyParts(text: string): string {
  const parts = (line: string) => [...new Set(line.split(', '))].join(', ');
  return [...new Set(steady(inOrder(text)).split('\n').map(parts))].toSorted().join('\n');
}

/** JSON with its lists of objects in order; anything else as it is. */
function inOrder(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_name, value: unknown) =>
      Array.isArray(value) && value.every((one) => typeof one === 'object')
        ? value.toSorted((one, other) => order(one, other))
        : value,
    );
  } catch {
    return text;
  }
}

function order(one: unknown, other: unknown): number {
  return steady(JSON.stringify(one)).localeCompare(steady(JSON.stringify(other)));
}
