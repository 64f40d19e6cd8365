/** What a mail carries back to us: a way to unsubscribe, and where its node asks for it, tracking. */
import type { EmailMessage } from '../src/channels/email';
import type { Purpose } from '../src/journey/consent';
import type { MailLinks } from '../src/links/mail-links';
import type { LinkedMessage } from '../src/links/token';
import { withOpenImage, withTrackedLinks } from '../src/links/tracked-html';

/** The links of one message; null where the server was not told under which address people reach it. */
export interface OwnLinks {
  readonly links: MailLinks | null;
  readonly message: LinkedMessage;
}

/** Where somebody unsubscribes, for its template; the empty text where there are no links. */
export function unsubscribeUrl({ links, message }: OwnLinks, topic?: string): string {
  return links?.unsubscribe(message, topic) ?? '';
}

interface Linked {
  readonly purpose: Purpose;
  readonly topic?: string | undefined;
  readonly trackOpens?: boolean | undefined;
  readonly trackClicks?: boolean | undefined;
}

/** The mail with its links. */
export function linked(
  mail: EmailMessage,
  { purpose, topic, trackClicks, trackOpens }: Linked,
  { links, message }: OwnLinks,
): EmailMessage {
  if (links === null) return mail;
  const unsubscribes = purpose === 'marketing';
  let { html } = mail;
  if (html !== undefined && trackClicks === true)
    html = withTrackedLinks(html, (target) =>
      links.isOurs(target) ? target : links.click(message, target),
    );
  if (html !== undefined && trackOpens === true) html = withOpenImage(html, links.open(message));
  return {
    ...mail,
    ...(html === undefined ? {} : { html }),
    ...(unsubscribes ? { unsubscribeUrl: links.unsubscribe(message, topic) } : {}),
  };
}
