import { run } from '../system/program.ts';

/**
 * Deprecated APIs that anybody has asked the API server for since it started, e.g. `v1 endpoints`, with the release that
 * is to remove them where one is named; empty where its metrics may not be read.
 * https://kubernetes.io/docs/reference/using-api/deprecation-policy/
 */
export async function deprecatedApisAskedFor(): Promise<string[]> {
  const { exitCode, stdout } = await run('kubectl', ['get', '--raw', '/metrics']);
  return exitCode === 0 ? deprecatedApis(stdout) : [];
}

/** The same, out of the metrics of an API server. */
export function deprecatedApis(metrics: string): string[] {
  const series = [...metrics.matchAll(/^apiserver_requested_deprecated_apis\{([^}]*)\} 1$/gm)];
  const named = series.map(([, labels = '']) => {
    const of = (label: string) => new RegExp(`\\b${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const [group, version, resource, subresource] = ['group', 'version', 'resource', 'subresource'].map(of);
    const path = [resource, subresource].filter((part) => part !== '').join('/');
    const removed = of('removed_release') === '' ? '' : `, removed in ${of('removed_release')}`;
    return `${group === '' ? '' : `${group}/`}${version} ${path}${removed}`;
  });
  return [...new Set(named)].toSorted();
}
