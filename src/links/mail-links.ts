/** The links that a mail carries back to us. */
import type { Config } from '../config';
import {
  type Link,
  type LinkedMessage,
  type LinkKey,
  type LinkKind,
  readToken,
  signedToken,
} from './token';

export interface MailLinks {
  /** Where somebody unsubscribes, from the topic or from all; a POST does it at once (RFC 8058). */
  unsubscribe(message: LinkedMessage, topic?: string): string;
  /** The image whose loading tells that the mail was opened. */
  open(message: LinkedMessage): string;
  /** Leads to the target, and tells that the link was followed. */
  click(message: LinkedMessage, target: string): string;
  /** Whether an address is one of these links already. */
  isOurs(url: string): boolean;
  /** What a token says; null when it is none of this kind. */
  read(kind: LinkKind, token: string): Link | null;
}

export interface MailLinkOptions {
  /** The address under which people outside reach the API; it may have a path. */
  readonly publicUrl: string;
  /** The first one signs; all of them are believed. */
  readonly keys: readonly [LinkKey, ...LinkKey[]];
}

/** The links that the environment makes possible; undefined where it lacks the address or the keys. */
export function mailLinks({
  publicUrl,
  linkKeys: [first, ...others],
}: Pick<Config, 'publicUrl' | 'linkKeys'>): MailLinks | undefined {
  if (publicUrl === undefined || first === undefined) return undefined;
  return createMailLinks({ publicUrl, keys: [first, ...others] });
}

export function createMailLinks({ publicUrl, keys }: MailLinkOptions): MailLinks {
  const base = publicUrl.replace(/\/+$/, '');
  const [signing] = keys;
  const link = (path: string, kind: LinkKind, message: LinkedMessage, target = '') =>
    `${base}/${path}/${signedToken(signing, kind, { ...message, target })}`;
  return {
    unsubscribe: (message, topic) => link('u', 'unsubscribe', message, topic),
    open: (message) => link('t/o', 'open', message),
    click: (message, target) => link('t/c', 'click', message, target),
    isOurs: (url) => url.startsWith(`${base}/u/`) || url.startsWith(`${base}/t/`),
    read: (kind, token) => readToken(keys, kind, token),
  };
}
