/**
 * The provider: receives calls and mails, and by its mood takes them, refuses them, says "later", hangs, or takes
 * them and loses the answer.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { type Answer, type Channel, Ledger } from './ledger';
import type { Random } from './random';

/** The share of each answer; what is left is taken. */
export type Mood = Readonly<Partial<Record<Exclude<Answer, 'take'>, number>>>;

export const MOODS = {
  well: {},
  usual: { refuse: 0.04, lose: 0.03, hang: 0.005, limit: 0.01 },
  refusing: { refuse: 0.8, lose: 0.03 },
  limiting: { limit: 0.8, lose: 0.03 },
  hanging: { hang: 0.5, lose: 0.03 },
  losing: { lose: 0.3 },
} satisfies Record<string, Mood>;

export interface Provider {
  readonly httpPort: number;
  readonly mailPort: number;
  ledger: Ledger;
  mood: Mood;
  stop(): Promise<void>;
}

const RETRY_AFTER_S = 2;

export async function startProvider(random: Random): Promise<Provider> {
  const provider: Provider = {
    httpPort: 0,
    mailPort: 0,
    ledger: new Ledger(),
    mood: MOODS.well,
    async stop() {
      web.closeAllConnections();
      await Promise.all([closed(web), new Promise<void>((resolve) => mail.close(resolve))]);
    },
  };
  const decide = (channel: Channel): Answer => {
    const answer = drawn(provider.mood, random.fraction());
    provider.ledger.answered(channel, answer);
    return answer;
  };
  const web = createServer((request, response) => answerCall(provider, decide, request, response));
  const mail = mailServer(provider, decide);
  web.listen(0, '127.0.0.1');
  mail.listen(0, '127.0.0.1');
  await Promise.all([once(web, 'listening'), once(mail.server, 'listening')]);
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  return Object.assign(provider, { httpPort: portOf(web), mailPort: portOf(mail.server) });
}

function drawn(mood: Mood, fraction: number): Answer {
  let left = fraction;
  for (const [answer, share] of Object.entries(mood) as [Answer, number][]) {
    if (left < share) return answer;
    left -= share;
  }
  return 'take';
}

type Decide = (channel: Channel) => Answer;

function answerCall(
  { ledger }: Provider,
  decide: Decide,
  request: IncomingMessage,
  response: ServerResponse,
) {
  request.on('error', () => undefined);
  const [, kind, enrollmentId = '', nodeId = '', ...whose] = (request.url ?? '')
    .split('/')
    .map(decodeURIComponent);
  if (kind === 'messages') {
    response.writeHead(ledger.has('mail', enrollmentId) ? 200 : 404).end();
    return;
  }
  request.resume().once('end', () => {
    const answer = decide('http');
    if (answer === 'hang') return;
    if (answer === 'refuse') return response.writeHead(503).end();
    if (answer === 'limit')
      return response.writeHead(429, { 'retry-after': String(RETRY_AFTER_S) }).end();
    const header = request.headers['webhook-id'] ?? request.headers['idempotency-key'];
    const effect = { id: String(header), enrollmentId, nodeId, whose: whose.join('/') };
    ledger.take({ channel: 'http', ...effect });
    if (answer === 'lose') return request.socket.destroy();
    response.once('close', () => {
      if (!response.writableFinished) ledger.unheard += 1;
    });
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{"code":"fine"}');
  });
}

function mailServer(provider: Provider, decide: Decide): SMTPServer {
  const sockets = new Map<string, Socket>();
  const finish = (raw: string, session: SMTPServerSession, done: (error?: Error) => void) => {
    const answer = decide('mail');
    if (answer === 'hang') return;
    if (answer === 'refuse') return done(refusal(451));
    if (answer === 'limit') return done(refusal(450));
    const id = /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? '';
    const [, enrollmentId = '', nodeId = ''] = /^effect ([0-9a-f-]{36}) (\S+)/m.exec(raw) ?? [];
    const whose = /^whose (\S+)/m.exec(raw)?.[1] ?? '';
    provider.ledger.take({ channel: 'mail', id, enrollmentId, nodeId, whose });
    if (answer === 'lose') sockets.get(addressOf(session))?.destroy();
    else done();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => finish(Buffer.concat(chunks).toString(), session, done));
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    const address = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(address, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(address));
  });
  return server;
}

const addressOf = ({ remoteAddress, remotePort }: SMTPServerSession & { remotePort?: number }) =>
  `${remoteAddress}:${remotePort}`;

const refusal = (responseCode: number): Error =>
  Object.assign(new Error(`refused with ${responseCode}`), { responseCode });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));
