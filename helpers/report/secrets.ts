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

/** Names the kinds of secrets found in a text, with the first characters of each. Base64 is looked into as well. */
export function findSecrets(text: string): string[] {
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{80,}={0,2}/g)].map(([block]) =>
    Buffer.from(block, 'base64').toString('latin1'),
  );
  return [text, ...decoded].flatMap((part) =>
    forms.flatMap(({ what, pattern }) =>
      [...part.matchAll(pattern)].map(([match]) => `${what}: ${match.slice(0, 12)}…`),
    ),
  );
}
