/** What must never reach a report, by its form. */
const forms: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'private key',
    pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z]+ )?PRIVATE KEY-----|$)/g,
  },
  { what: 'token', pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g },
  { what: 'bearer token', pattern: /\bBearer\s+[\w.~+/-]{24,}=*/g },
  { what: 'kubeconfig key', pattern: /client-key-data"?:\s*"?[\w+/=]{20,}/g },
  { what: 'bootstrap token', pattern: /\b[a-z0-9]{6}\.(?=[a-z]*\d)[a-z0-9]{16}\b(?![\w-])/g },
];

/** Replaces everything that looks like a secret by its name. */
export function redact(text: string): string {
  return forms.reduce((redacted, { what, pattern }) => redacted.replaceAll(pattern, `[${what} removed]`), text);
}

/**
 * Names the kinds of secrets found in a text, with the first characters of each. Base64 is looked into as well, also
 * base64 inside base64: a report holds its pages in that form, and these hold pictures and attachments.
 */
export function findSecrets(text: string, depth = 2): string[] {
  const found = forms.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)].map(([match]) => `${what}: ${match.slice(0, 12)}…`),
  );
  if (depth === 0) return found;
  const inside = [...text.matchAll(/[A-Za-z0-9+/]{80,}={0,2}/g)].flatMap(([block]) =>
    findSecrets(Buffer.from(block, 'base64').toString('latin1'), depth - 1),
  );
  return [...found, ...inside];
}
