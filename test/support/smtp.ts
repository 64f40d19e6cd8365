import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What the server does with a mail whose last byte has arrived. */
export type Ending =
  | 'accept'
  | 'accept_and_hang_up'
  | 'accept_late'
  | 'hang_up'
  | 'stall'
  | { readonly code: number };

export interface FaultyMailServer {
  readonly url: string;
  /** Mails that the server keeps, as they arrived; what it hung up on is not among them. */
  readonly mails: { readonly raw: string; readonly to: string[] }[];
  /** What happens next; set it before the mail. */
  ending: Ending;
  /** Refuses recipients with this code. */
  recipientCode: number | null;
  /** The code that an address is refused with; null lets it pass. */
  refuses: (address: string) => number | null;
  /** Hangs up when the envelope is given, before any content. */
  hangUpBeforeData: boolean;
  /** Called with each mail before it is answered. */
  onMail: () => void;
  /** Connections accepted so far. */
  connections(): number;
  stop(): Promise<void>;
}

/** A real SMTP server that fails on demand. */
export async function startFaultyMailServer(lateMs = 300): Promise<FaultyMailServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const state: FaultyMailServer = {
    url: '',
    mails: [],
    ending: 'accept',
    recipientCode: null,
    refuses: () => null,
    hangUpBeforeData: false,
    onMail: () => undefined,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const finish = (
    raw: string,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    const keep = () =>
      state.mails.push({ raw, to: session.envelope.rcptTo.map(({ address }) => address) });
    const { ending } = state;
    state.onMail();
    if (typeof ending === 'object') return done(refusal(ending.code));
    if (ending === 'stall') return undefined;
    if (ending === 'hang_up') return hangUp();
    if (ending === 'accept_late') {
      setTimeout(() => {
        keep();
        done();
      }, lateMs);
      return undefined;
    }
    keep();
    return ending === 'accept_and_hang_up' ? hangUp() : done();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) => {
      if (state.hangUpBeforeData) return hangUp();
      // Servers like to repeat the address that they refuse.
      const code = state.recipientCode ?? state.refuses(address);
      return done(code === null ? null : refusal(code, address));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => finish(Buffer.concat(chunks).toString(), session, done));
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
  });
}

function refusal(code: number, address?: string): Error {
  const whom = address === undefined ? '' : ` for <${address}>`;
  return Object.assign(new Error(`refused with ${code}${whom}`), { responseCode: code });
}
