import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A web server that remembers what it was asked and answers as a test says. */
export interface ReceivingServer {
  readonly port: number;
  readonly url: string;
  readonly calls: ReceivedCall[];
  /** Connections accepted so far, also those on which nothing was asked. */
  connections(): number;
  answer: (response: ServerResponse, call: ReceivedCall, socket: Socket) => void;
  /** Lets the process end while it listens. */
  unref(): void;
  close(): Promise<void>;
}

export async function startReceivingServer(host = '127.0.0.1'): Promise<ReceivingServer> {
  let connections = 0;
  const calls: ReceivedCall[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const call = { method, path, headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      receiving.answer(response, call, request.socket);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const receiving: ReceivingServer = {
    port,
    url: `http://127.0.0.1:${port}`,
    calls,
    connections: () => connections,
    answer: (response) => void response.end('{"ok":true}'),
    unref: () => void server.unref(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiving;
}
