/** A process that sends one mail, so that a test can kill or stop it. Arguments: one JSON object. */
import { createSmtpChannel } from '../../src/channels/smtp';
import { openDatabase } from '../../src/db/client';
import { type SendCase, sender } from './sends';

interface Job {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly of: SendCase;
}

async function main(): Promise<void> {
  const { databaseUrl, smtpUrl, of } = JSON.parse(process.argv[2] ?? '') as Job;
  const db = await openDatabase({ url: databaseUrl, max: 2 });
  const channel = createSmtpChannel({ url: smtpUrl });
  const outcome = await sender(
    db,
    channel,
  )(of).then(
    (result) => result.outcome,
    (error: { type?: string }) => error.type ?? 'error',
  );
  process.stdout.write(`${outcome}\n`);
  channel.close();
  await db.close();
}

void main();
