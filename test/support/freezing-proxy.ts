import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a server, and can fall silent: connections stay open, and nothing passes any more. */
export interface FreezingProxy {
  readonly address: string;
  freeze(): void;
  close(): Promise<void>;
}

/** `target` is `host:port`. */
export async function startFreezingProxy(target: string): Promise<FreezingProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let frozen = false;
  const keep = (socket: Socket, other: () => Socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      if (!frozen) other().write(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (!frozen) other().destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    keep(near, () => far);
    keep(far, () => near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze: () => {
      frozen = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
