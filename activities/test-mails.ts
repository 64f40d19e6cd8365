/**
 * Sends templates that somebody ordered for a look (`POST /templates/:id/test`): the API writes rows, and only a worker
 * has a mail server.
 *
 * Each is tried once. A mail whose sender dies, or that nobody can say about whether it was accepted, is `unknown` and
 * is not sent again: whoever looks for it orders another.
 */
import { DeliveryError, type EmailChannel, type EmailMessage } from '../src/channels/email';
import type { Database } from '../src/db/client';
import { findSuppression } from '../src/db/suppressions';
import { claimTestMail, endTestMail, openTestMails, type TestMailRow } from '../src/db/test-mails';
import type { ChoreProgress, Place } from '../src/db/upkeep';
import type { RenderedEmail } from '../src/journey/facts';
import { headerProblem } from '../src/journey/mail-rules';
import type { Logger } from '../src/log';
import { ALIVE_FOR_MS, ATTEMPT_MS } from './email-doubt';
import { messageIdOf, type Sender } from './email-request';

interface TestMailDeps {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly channel: EmailChannel;
  readonly sender: Sender;
  readonly log: Logger;
}

const EVERY_MS = 2_000;
const AT_ONCE = 20;

/** A chore: sends what waits. */
export function orderedTestMails(deps: TestMailDeps) {
  return {
    name: 'send_test_mails',
    everyMs: EVERY_MS,
    async run(_progress: ChoreProgress, stopping: AbortSignal): Promise<ChoreProgress> {
      const open = await openTestMails(deps.outbox, { quietMs: ALIVE_FOR_MS, limit: AT_ONCE });
      for (const place of open) {
        if (stopping.aborted) break;
        await attempt(deps, place);
      }
      return null;
    },
  };
}

/** One mail must not keep the others from their turn. */
async function attempt(deps: TestMailDeps, { workspaceId, id }: Place): Promise<void> {
  try {
    const claimed = await deps.db.inWorkspace(workspaceId, async (tx) => {
      const row = await claimTestMail(tx, id);
      const isSuppressed = row !== null && (await findSuppression(tx, row.toAddress)) !== null;
      if (isSuppressed) await endTestMail(tx, id, { status: 'blocked', response: 'suppressed' });
      return isSuppressed ? null : row;
    });
    if (claimed === null) return;
    const end = await sent(deps, claimed);
    await deps.db.inWorkspace(workspaceId, (tx) => endTestMail(tx, id, end));
  } catch (error) {
    const fields = { event: 'test_mail.failed', workspaceId, testMailId: id, err: error };
    deps.log.warn(fields, 'A test mail could not be sent or recorded.');
  }
}

async function sent(
  { channel, sender }: TestMailDeps,
  row: TestMailRow,
): Promise<{ readonly status: 'sent' | 'failed' | 'unknown'; readonly response: string }> {
  const message = messageOf(row, sender);
  const refused = headerProblem(message.subject, sender.name);
  if (refused !== null) return { status: 'failed', response: refused };
  try {
    const { response } = await channel.send(message, ATTEMPT_MS);
    return { status: 'sent', response };
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const status = error.kind === 'ambiguous' ? 'unknown' : 'failed';
    return { status, response: `${error.code}: ${error.response}` };
  }
}

function messageOf({ id, toAddress: to, content }: TestMailRow, sender: Sender): EmailMessage {
  const { subject, html, text } = content as unknown as Omit<RenderedEmail, 'to'>;
  const { name, email } = sender;
  return {
    messageId: messageIdOf(id, email),
    from: name === undefined ? { email } : { name, email },
    to,
    subject,
    ...(html === undefined ? {} : { html }),
    ...(text === undefined ? {} : { text }),
    date: new Date().toISOString(),
  };
}
