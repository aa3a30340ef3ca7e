/** What must never reach a report, by its form. */
export const secretForms: readonly { readonly what: string; readonly pattern: RegExp }[] = [
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
  return secretForms.reduce((redacted, { what, pattern }) => redacted.replaceAll(pattern, `[${what} removed]`), text);
}
