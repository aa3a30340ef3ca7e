/** What differs between two runs without meaning anything, and what stands for it; order matters. */
const forms: readonly (readonly [RegExp, string])[] = [
  // A line that was cut ends wherever its values made it end.
  [/\S*…/g, '…'],
  // What Kubernetes' programs put before a line they log: day, time, process and line of the source.
  [/\b([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\S+\.go):\d+\]/g, '$1 $2]'],
  // An access log: when, and how many bytes were answered.
  [/\b\d\d\/\w{3}\/\d{4}:\S+ [+-]\d{4}\b/g, '<time>'],
  [/(?<=\\?" \d{3} )\d+\b/g, '<bytes>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ \d\d:\d\d:\d\d \w+ \d{4}\b/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
  [/\b\d{4}[/-]\d\d[/-]\d\d\b/g, '<date>'],
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\b(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}\b/gi, '<fingerprint>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, '<ip>'],
  // The state of the world by istiod's count.
  [/(?<=<time>\/)\d+/g, '<count>'],
  // What a capture prints before the first word of a request.
  [/[^\s"]*(?=(?:GET|POST|DELETE) \/)/g, ''],
  // A pod of a Deployment: the hash of its template, and five characters of its own, in letters that make no words.
  [/(?<=[a-z0-9])-[bcdf-hj-np-tv-xz\d]{6,10}-[bcdf-hj-np-tv-xz\d]{5}\b/g, '-<pod>'],
  [/(?<![\w.])\d+\.\d+(?![\w.])/g, '<number>'],
  // A value of Prometheus, which counts in words.
  [/(?<=<number>,")[1-9]\d*(?="\])/g, '<number>'],
  [/[A-Za-z0-9+/=_]{32,}/g, '<blob>'],
  [/\b[0-9a-f]{12,}\b/g, '<hex>'],
  [/(?<![\w.])\d+(?:\.\d+)?\s?(?:ns|µs|ms|s|m|h|d|seconds|minutes)\b(?:\d+[smh]\b)*/g, '<duration>'],
  // Ports that a kernel hands out.
  [/\b(?:3[2-9]|[45]\d|6[0-5])\d{3}\b/g, '<port>'],
  [/^[1-9]\d*$/g, '<number>'],
  // A counter of a proxy.
  [/(?<=^\S+\.\S+: )[1-9]\d*$/gm, '<count>'],
  // How often something was counted; none and some differ, and a status is no count.
  [/(?<!"(?:status|code|curlExit)":\s*)(?<=[:,[]\s*)[1-9]\d*(?=\s*[,}\]])/g, '<count>'],
  // Columns are as wide as their widest value.
  [/[ \t]+/g, ' '],
];

/** A text without what no two runs have in common: times, addresses, names of pods, ports, measured decimals, widths. */
export function steady(text: string): string {
  return forms.reduce((kept, [pattern, name]) => kept.replaceAll(pattern, name), text);
}
