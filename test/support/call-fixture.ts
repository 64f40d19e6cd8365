import { createHttpChannel, type HttpChannel } from '../../src/channels/http';
import { type CallCase, callCase, caller } from './calls';
import { fileDatabase } from './file-database';
import { type ReceivingServer, startReceivingServer } from './http';

/** What tests of calls stand on: a database for the file, and for each test a receiver that fails on demand. */
export function callFixture() {
  const t = fileDatabase();
  let server: ReceivingServer;
  let http: HttpChannel;
  beforeEach(async () => {
    server = await startReceivingServer();
    http = createHttpChannel({ allow: ['127.0.0.1'] });
  });
  afterEach(async () => {
    await http.close();
    await server.close();
  });
  const given = (data: object = {}, more: object = {}, type: CallCase['type'] = 'webhook') =>
    callCase(t.db, t.workspaceId, { type, data: { url: `${server.url}/hook`, ...data }, ...more });
  return {
    t,
    get server() {
      return server;
    },
    get http() {
      return http;
    },
    given,
    asking: (data: object = {}, more: object = {}) => given(data, more, 'http_request'),
    call: (of: CallCase) => caller(t.db, http)(of),
    key: (of: CallCase) => `${of.enrollmentId}:call:1`,
    async effectOf({ enrollmentId }: CallCase) {
      const rows = await t.admin`select * from effects where enrollment_id = ${enrollmentId}`;
      if (rows.length !== 1) throw new Error(`Expected one effect, not ${rows.length}.`);
      return rows[0];
    },
    async variablesOf({ enrollmentId }: CallCase) {
      const [row] = await t.admin`select variables from enrollments where id = ${enrollmentId}`;
      return row?.['variables'] as unknown;
    },
  };
}
