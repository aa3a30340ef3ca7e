import type { HttpAnswer, Verdict } from '../record/observation.ts';
import { neverRan, type Transcript } from '../system/program.ts';

/** What one call of curl inside a pod came back with. */
export interface Answer {
  readonly transcript: Transcript;
  /** Exit code of curl itself; undefined if the command did not run in the pod at all. */
  readonly curlExit: number | undefined;
  readonly http: HttpAnswer;
}

/** Body of a refusal by an Istio proxy's RBAC filter, word for word. */
export const rbacDenial = 'RBAC: access denied';

/** curl's exit codes that the network's own refusals cause. https://curl.se/docs/manpage.html#EXIT */
const curlExits = {
  7: 'connection refused (curl 7)',
  28: 'no answer (curl 28)',
  35: 'TLS handshake broken off (curl 35)',
  52: 'connection closed without an answer (curl 52)',
  56: 'connection reset (curl 56)',
} as const;

/** kubectl prints this when the command ran in the pod and failed there; without it, kubectl itself failed. */
const remoteExit = /command terminated with exit code (\d+)/;

/** True if a command ran in its pod, whatever came of it; else kubectl, or what lies between, has failed. */
export function ranInPod({ exitCode, stderr }: Pick<Transcript, 'exitCode' | 'stderr'>): boolean {
  return exitCode === 0 || (remoteExit.test(stderr) && !neverRan({ exitCode }));
}

/** Reads the transcript of `kubectl exec … -- curl --include …` as an answer. */
export function readAnswer(transcript: Transcript, method: string, url: string): Answer {
  const code = transcript.exitCode === 0 ? 0 : remoteExit.exec(transcript.stderr)?.[1];
  return {
    transcript,
    curlExit: code === undefined ? undefined : Number(code),
    http: { method, url, requestHeaders: {}, remoteIp: '', ...readHttp(transcript.stdout) },
  };
}

/** Status, headers and body out of what `curl --include` printed; status 0 where no answer came. */
export function readHttp(output: string): Pick<HttpAnswer, 'status' | 'headers' | 'body'> {
  const [head = '', ...rest] = output.split(/\r?\n\r?\n/);
  const [statusLine = '', ...lines] = head.split(/\r?\n/);
  const status = /^HTTP\/[\d.]+ (\d{3})/.exec(statusLine)?.[1];
  if (status === undefined) return { status: 0, headers: {}, body: '' };
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: Object.fromEntries(headers), body: rest.join('\n\n') };
}

/** What a verdict is made from. */
export interface Judged extends Pick<Answer, 'curlExit'> {
  readonly http: Pick<HttpAnswer, 'status' | 'headers' | 'body'>;
  /** What was said besides the answer. */
  readonly transcript: Pick<Transcript, 'stderr'>;
}

/**
 * The verdict on one answer, with its signature. Broken is whatever has no other name: a transport error, a name that
 * does not resolve, a 5xx, an empty answer; it is never counted as blocked.
 */
export function judge(answer: Judged): { verdict: Verdict; signature: string } {
  const { curlExit, http, transcript } = answer;
  if (curlExit === undefined) return { verdict: 'broken', signature: `kubectl failed: ${lastLine(transcript.stderr)}` };
  if (curlExit in curlExits) {
    // A lookup that times out also ends with 28, and says so.
    if (/resolv/i.test(transcript.stderr)) return { verdict: 'broken', signature: 'name not resolved' };
    return { verdict: 'blocked', signature: curlExits[curlExit as keyof typeof curlExits] };
  }
  if (curlExit !== 0) return { verdict: 'broken', signature: `curl ${curlExit}: ${lastLine(transcript.stderr)}` };
  if (http.status === 403 && http.body.trim() === rbacDenial)
    return { verdict: 'blocked', signature: `HTTP 403, ${rbacDenial}` };
  if (http.headers['grpc-status'] === '7')
    return { verdict: 'blocked', signature: `HTTP ${http.status}, grpc-status 7` };
  if (http.status >= 200 && http.status < 500) return { verdict: 'allowed', signature: `HTTP ${http.status}` };
  return { verdict: 'broken', signature: http.status === 0 ? 'no HTTP answer' : `HTTP ${http.status}` };
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .findLast((line) => !remoteExit.test(line)) ?? ''
  );
}

/** Name of the pod that answered, out of the demo image's page or the test server's JSON; undefined if neither says. */
export function answeringPod(body: string): string | undefined {
  return /Server&nbsp;name:<\/span>\s*<span>([^<]+)/.exec(body)?.[1] ?? /"pod":\s*"([^"]+)"/.exec(body)?.[1];
}

/** Version of the pod that answered, out of the test server's JSON; undefined if it does not say. */
export function answeringVersion(body: string): string | undefined {
  return /"version":\s*"([^"]+)"/.exec(body)?.[1];
}

/** How many calls of a key the test server has counted, out of its answer to `GET /hits?key=…`; NaN if that says nothing. */
export function hitsIn(printed: string): number {
  return Number(/"hits":(\d+)/.exec(printed)?.[1] ?? Number.NaN);
}
