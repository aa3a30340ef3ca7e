/** Arguments of curl: a call that every pod can make and that the API server answers, as `notAuthorised` tells. */
export const callOfApiServer = ['--insecure', 'https://kubernetes.default.svc.cluster.local/api'] as const;
