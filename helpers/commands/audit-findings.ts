import type { Transcript } from '../system/program.ts';

/** What is known about the vulnerabilities of one thing. */
export interface Finding {
  /** E.g. `npm packages` or `go etcd: etcd`. */
  readonly of: string;
  readonly verdict: 'clean' | 'vulnerable' | 'not asked' | 'not built';
  /** Which vulnerabilities, or why nobody could be asked; one line, may be empty. */
  readonly says: string;
}

type Asked = Pick<Transcript, 'exitCode' | 'stdout' | 'stderr'>;

/** @param asked `npm audit --json`, https://docs.npmjs.com/cli/commands/npm-audit */
export function npmFinding({ stdout }: Asked): Finding {
  const of = 'npm packages';
  const answer = parsed(stdout);
  if (answer?.vulnerabilities === undefined)
    return { of, verdict: 'not asked', says: 'the registry tells no advisories' };
  const found = Object.entries(answer.vulnerabilities).map(([name, { severity }]) => `${name} ${severity}`);
  return { of, verdict: found.length === 0 ? 'clean' : 'vulnerable', says: found.join(', ') };
}

function parsed(
  stdout: string,
): { readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>> } | undefined {
  try {
    return JSON.parse(stdout) as ReturnType<typeof parsed>;
  } catch {
    return undefined;
  }
}

/**
 * @param asked `govulncheck -mode=binary`: exit code 0 without, 3 with findings, anything else where it could not tell
 * @see https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck
 */
export function goFinding(of: string, { exitCode, stdout, stderr }: Asked): Finding {
  if (exitCode === 0) return { of, verdict: 'clean', says: '' };
  if (exitCode !== 3) return { of, verdict: 'not asked', says: stderr.trim().split(': ').slice(-2).join(': ') };
  const ids = [...stdout.matchAll(/^Vulnerability #\d+: (\S+)/gm)].map(([, id]) => id);
  return { of, verdict: 'vulnerable', says: [...new Set(ids)].join(', ') };
}
