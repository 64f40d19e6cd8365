/** The mail catcher as a process of its own, so that its work is not mistaken for somebody else's. */
import { startMailCatcher } from '../src/dev/mail-catcher';

async function main(): Promise<void> {
  const catcher = await startMailCatcher();
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', () => process.exit(0));
  process.send?.({ smtpUrl: catcher.smtpUrl });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
