import { createHash } from 'node:crypto';

/** nft allows 255 characters in the name of a chain or set; policy names alone may have 253. */
const longestName = 200;
/** nft allows 127 bytes in a comment. */
const longestComment = 120;

/**
 * Name of a chain or set. Kubernetes' names hold letters, digits, `-` and `.` only, so parts joined by `/` cannot collide.
 */
export function identifier(...parts: readonly string[]): string {
  const name = parts.join('/').replaceAll(/[^\w./-]/g, '_');
  if (name.length <= longestName) return name;
  return `${name.slice(0, longestName - 20)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** A quoted comment; whatever could end the quotes or the line is replaced. */
export function comment(text: string): string {
  return `comment "${text.replaceAll(/[^\w ./:;,()-]/g, '_').slice(0, longestComment)}"`;
}
