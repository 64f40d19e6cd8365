/**
 * The tokens in the links of a mail: what a link is for, signed, so that nobody can make one up.
 *
 * 1. A token says whose message it is about by ids alone: no address, no name.
 * 2. What a link is for is part of what is signed: a token of one kind is none of another.
 * 3. It names the key that signed it, so that keys can be replaced while mails with the older ones lie in mailboxes.
 * 4. It never expires: a person may take a year to unsubscribe.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A key by which tokens are signed. */
export interface LinkKey {
  /** Stands in every token that it signed. */
  readonly id: string;
  readonly secret: string;
}

export type LinkKind = 'open' | 'click' | 'unsubscribe';

/** The message that a link is in. */
export interface LinkedMessage {
  readonly workspaceId: string;
  /** The id of its delivery. */
  readonly deliveryId: string;
  readonly contactId: string;
}

export interface Link extends LinkedMessage {
  /** Where a click leads, or the topic to unsubscribe from; else the empty text. */
  readonly target: string;
}

const VERSION = 1;
const KINDS: Readonly<Record<LinkKind, number>> = { open: 1, click: 2, unsubscribe: 3 };
const UUID_BYTES = 16;
const HEADER_BYTES = 2 + 3 * UUID_BYTES;
/** Half of SHA-256: short enough for a mail, and nobody guesses 128 bits. */
const SIGNATURE_BYTES = 16;
const LONGEST = 8_000;
const FORM = /^([\w-]{1,16})\.([\w-]{1,8000})\.([\w-]{22})$/;

/** The token of a link, signed by the key. */
export function signedToken(key: LinkKey, kind: LinkKind, link: Link): string {
  const { workspaceId, deliveryId, contactId, target } = link;
  const body = Buffer.concat([
    Buffer.from([VERSION, KINDS[kind]]),
    ...[workspaceId, deliveryId, contactId].map(bytesOf),
    Buffer.from(target),
  ]).toString('base64url');
  return `${key.id}.${body}.${signatureOf(key, body).toString('base64url')}`;
}

/** What a token says; null when it is not one of this kind that one of the keys has signed. */
export function readToken(keys: readonly LinkKey[], kind: LinkKind, token: string): Link | null {
  if (token.length > LONGEST) return null;
  const [, id, body = '', signature = ''] = FORM.exec(token) ?? [];
  const key = keys.find((each) => each.id === id);
  if (key === undefined) return null;
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, signatureOf(key, body)))
    return null;
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION || bytes[1] !== KINDS[kind]) return null;
  const [workspaceId = '', deliveryId = '', contactId = ''] = [0, 1, 2].map((place) =>
    uuidAt(bytes, 2 + place * UUID_BYTES),
  );
  return { workspaceId, deliveryId, contactId, target: bytes.toString('utf8', HEADER_BYTES) };
}

function signatureOf({ id, secret }: LinkKey, body: string): Buffer {
  return createHmac('sha256', secret)
    .update(`throughline.link.${id}.${body}`)
    .digest()
    .subarray(0, SIGNATURE_BYTES);
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function uuidAt(bytes: Buffer, from: number): string {
  const hex = bytes.toString('hex', from, from + UUID_BYTES);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
