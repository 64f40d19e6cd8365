/** Enrollments start wherever Temporal lets them: with search attributes where it knows them or may learn them. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type { EnrollmentRow } from '../../src/db/enrollments';
import type { Logger } from '../../src/log';
import { errorCode } from '../../src/temporal/error-code';
import { createEnrollments, type Enrollments } from '../../src/temporal/enrollments';
import type { EnrollmentInput } from '../../workflows/messages';
import * as rows from '../db/rows';
import { eventually } from '../support/eventually';
import { type TestNamespace, testNamespace } from '../support/namespace';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
const opened: TestNamespace[] = [];
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => {
  await Promise.all([t?.close(), ...opened.map((each) => each.close())]);
});

const namespace = async (attributes: boolean): Promise<TestNamespace> => {
  const made = await testNamespace({ attributes });
  opened.push(made);
  return made;
};

const admitted = () => t.db.inWorkspace(t.workspaceId, rows.enrollment);

function starter(client: Client) {
  const warnings: unknown[] = [];
  const log = { warn: (fields: unknown) => void warnings.push(fields) } as unknown as Logger;
  return { warnings, enrollments: createEnrollments(client, t.db, { log }) };
}

async function started(client: Client, enrollments: Enrollments) {
  const enrollment = await admitted();
  await enrollments.start(enrollment);
  const handle = client.workflow.getHandle(enrollment.temporalWorkflowId);
  const { typedSearchAttributes } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  const { options } = JSON.parse(Buffer.from(input ?? []).toString()) as EnrollmentInput;
  const carried = typedSearchAttributes.getAll().map(({ key }) => key.name);
  return { enrollment, carried, options };
}

const CARRIED = expect.arrayContaining([
  'ThroughlineWorkspace',
  'ThroughlineWorkflow',
  'ThroughlineContact',
  'ThroughlineStatus',
  'ThroughlineVersion',
]) as string[];

const visibleIn = async (client: Client, { workflowKey }: EnrollmentRow) => {
  const { count } = await client.workflow.count(
    `ThroughlineWorkflow = "${workflowKey}" AND ThroughlineVersion = 1 AND ThroughlineNode IS NULL`,
  );
  return count === 1;
};

test('a namespace that lacks the search attributes gets them with the first start', async () => {
  const { client } = await namespace(false);
  const { enrollments, warnings } = starter(client);
  const both = await Promise.all([started(client, enrollments), started(client, enrollments)]);
  for (const { carried, options, enrollment } of both) {
    expect([carried, options.searchAttributes]).toEqual([CARRIED, true]);
    await eventually('it is found by them', () => visibleIn(client, enrollment));
  }
  expect(warnings).toEqual([]);
});

/** Takes the places that the server has for lists of keywords. */
async function fill({ client, namespace: of }: TestNamespace): Promise<void> {
  const searchAttributes = { OthersA: 7, OthersB: 7, OthersC: 7 };
  await client.connection.operatorService.addSearchAttributes({ namespace: of, searchAttributes });
}

test('where the server refuses to register them, journeys start without, and the log says so once', async () => {
  const made = await namespace(false);
  await fill(made);
  const { enrollments, warnings } = starter(made.client);
  for (let n = 0; n < 2; n += 1) {
    const { carried, options } = await started(made.client, enrollments);
    expect([carried, options.searchAttributes]).toEqual([[], false]);
  }
  expect(warnings).toEqual([
    {
      event: 'temporal.no_search_attributes',
      namespace: made.namespace,
      reason: 'INVALID_ARGUMENT',
    },
  ]);
});

/** A client that may not call the operator's service, as it is with a namespace-bound key. */
async function unprivileged({ address, namespace: of }: TestNamespace): Promise<Client> {
  const connection = await Connection.connect({ address });
  const refuse = () =>
    Promise.reject(
      Object.assign(new Error('7 PERMISSION_DENIED'), { code: 7, details: '', metadata: {} }),
    );
  const operatorService = { listSearchAttributes: refuse, addSearchAttributes: refuse };
  Object.defineProperty(connection, 'operatorService', { value: operatorService });
  return new Client({ connection, namespace: of });
}

test.each([
  ['is known to lack them, they are left out', false, [], ['PERMISSION_DENIED']],
  ['has them all the same, they are carried', true, CARRIED, []],
])('where the client may not ask, and the namespace %s', async (_what, has, carries, reasons) => {
  const client = await unprivileged(await namespace(has));
  const { enrollments, warnings } = starter(client);
  const { carried, options } = await started(client, enrollments);
  expect([carried, options.searchAttributes]).toEqual([carries, has]);
  expect(warnings).toEqual(reasons.map((reason) => expect.objectContaining({ reason }) as unknown));
  await client.connection.close();
});

test('an attribute of that name with another type is left alone, and nothing waits for it', async () => {
  const made = await namespace(false);
  await made.client.connection.operatorService.addSearchAttributes({
    namespace: made.namespace,
    searchAttributes: { ThroughlineNode: 2 },
  });
  const { enrollments, warnings } = starter(made.client);
  const { options } = await started(made.client, enrollments);
  expect(options.searchAttributes).toBe(false);
  expect(warnings).toMatchObject([{ reason: 'ThroughlineNode is there, and no KEYWORD_LIST' }]);
});

/** A port that leads to Temporal only once it is opened. */
async function gate(address: string) {
  const sockets = new Set<Socket>();
  let open = false;
  const [host, port] = address.split(':');
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (!open) return void socket.destroy();
    const beyond = connect(Number(port), host);
    sockets.add(beyond);
    beyond.on('error', () => undefined);
    socket.pipe(beyond).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => {
      open = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a Temporal that is down refuses nothing: when it answers, enrollments carry them', async () => {
  const made = await namespace(false);
  const door = await gate(made.address);
  const connection = Connection.lazy({ address: door.address });
  const client = new Client({ connection, namespace: made.namespace });
  const { enrollments, warnings } = starter(client);
  expect(await enrollments.tryStart(await admitted(), 300)).toBeNull();
  door.open();
  const { carried } = await eventually('Temporal answers', () =>
    started(client, enrollments).catch(() => null),
  );
  expect([carried, warnings]).toEqual([CARRIED, []]);
  await connection.close();
  door.close();
});

test('a server that refuses a start after all is asked anew with the next', async () => {
  const { client } = await namespace(false);
  let doubts = 0;
  const attributes = { usable: async () => doubts === 0, doubt: () => void (doubts += 1) };
  const enrollments = createEnrollments(client, t.db, { attributes });
  const enrollment = await admitted();
  await expect(enrollments.start(enrollment)).rejects.toThrow('Failed to start Workflow');
  expect(await enrollments.start(enrollment)).toMatchObject({
    runId: expect.any(String) as string,
  });
  expect(doubts).toBe(1);
});

test('a caller who tries a start waits no longer than she said, however long registering takes', async () => {
  const { client } = await namespace(false);
  const attributes = {
    usable: () => new Promise<boolean>(() => undefined),
    doubt: () => undefined,
  };
  const enrollments = createEnrollments(client, t.db, { attributes });
  expect(await enrollments.tryStart(await admitted(), 100)).toBeNull();
});

test('a refused start is told by its class and status, without its text', async () => {
  const { client } = await namespace(false);
  const elsewhere = new Client({ connection: client.connection, namespace: 'nowhere' });
  const enrollments = createEnrollments(elsewhere, t.db);
  const refusal: unknown = await enrollments
    .start(await admitted())
    .catch((error: unknown) => error);
  expect(errorCode(refusal)).toMatch(/^\w+ NOT_FOUND$/);
  expect(errorCode(new TypeError('ada@example.com'))).toBe('TypeError');
});
