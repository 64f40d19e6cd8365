import { createHash, randomBytes } from 'node:crypto';

/** A new key as its holder presents it: `tl_<prefix, 12 characters>_<secret, 256 bits as base64url>`. */
export function generateApiKey(): string {
  return `tl_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

const FORM = /^tl_([0-9a-zA-Z]{12})_/;

/**
 * What is stored of a presented key: the prefix that finds it, and its hash. A dev key may be any
 * text; one in another form is found by the beginning of its hash.
 */
export function storedForm(presented: string): { prefix: string; secretHash: string } {
  const secretHash = createHash('sha256').update(presented).digest('hex');
  return { prefix: FORM.exec(presented)?.[1] ?? secretHash.slice(0, 12), secretHash };
}
