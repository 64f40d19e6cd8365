import type { EmailChannel, LookUpAnswer } from '../../src/channels/email';
import { createSmtpChannel } from '../../src/channels/smtp';
import { fileDatabase } from './file-database';
import { ageClaim, deliveryOf, type SendCase, sendCase } from './sends';
import { type FaultyMailServer, startFaultyMailServer } from './smtp';
import { happened } from './standing';

/** What tests of sends stand on: a database for the file, and for each test a mail server that fails on demand. */
export function sendFixture() {
  const t = fileDatabase();
  let server: FaultyMailServer;
  let smtp: EmailChannel;
  beforeEach(async () => {
    server = await startFaultyMailServer();
    smtp = createSmtpChannel({ url: server.url });
  });
  afterEach(async () => {
    smtp.close();
    await server.stop();
  });
  /** The same connections, asked about by a list that the test keeps. */
  const answering = (answer: LookUpAnswer | (() => LookUpAnswer)): EmailChannel => ({
    ...smtp,
    lookUp: async () => (typeof answer === 'function' ? answer() : answer),
  });
  return {
    t,
    get server() {
      return server;
    },
    get smtp() {
      return smtp;
    },
    given: (data?: object, contact?: object) => sendCase(t.db, t.workspaceId, data, contact),
    delivery: (of: SendCase) => deliveryOf(t.db, of),
    key: (of: SendCase) => `${of.enrollmentId}:mail:1`,
    answering,
    /** Asked about by what the server has. */
    lookingUp: () => answering(() => (server.mails.length > 0 ? 'accepted' : 'absent')),
    age: (of: SendCase, interval?: string) => ageClaim(t.admin, of, interval),
    event: (of: SendCase, type: string, more?: object) => happened(t.db, of, type, more),
  };
}
