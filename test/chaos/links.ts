/** What stands between two processes, and can be cut, fall silent or become slow. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { startToxiproxy } from './toxiproxy';

export interface Link {
  readonly name: string;
  /** Where to connect instead of the target. */
  readonly port: number;
  /** Connections end, and new ones are refused. */
  cut(): Promise<void>;
  /** Connections stay, and nothing passes. */
  hush(): Promise<void>;
  slow(latencyMs: number): Promise<void>;
  heal(): Promise<void>;
}

export interface LinkMaker {
  readonly kind: string;
  /** `target` is `host:port`. */
  link(name: string, target: string): Promise<Link>;
  stop(): Promise<void>;
}

/** Toxiproxy, or a plain proxy of our own where that cannot be had. */
export async function startLinks(): Promise<LinkMaker> {
  return (await startToxiproxy()) ?? plainLinks();
}

function plainLinks(): LinkMaker {
  const stops: (() => void)[] = [];
  return {
    kind: 'a proxy of our own (Toxiproxy could not be had)',
    async link(name, target) {
      const made = await plainLink(name, target);
      stops.push(made.stop);
      return made;
    },
    stop: async () => stops.forEach((stop) => stop()),
  };
}

async function plainLink(name: string, target: string): Promise<Link & { stop: () => void }> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let mode: 'open' | 'cut' | 'silent' = 'open';
  let latencyMs = 0;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    const pass = (chunk: Buffer) => mode === 'silent' || other.write(chunk);
    socket.on('data', (chunk) =>
      latencyMs > 0 ? setTimeout(pass, latencyMs, chunk) : pass(chunk),
    );
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    if (mode === 'cut') return near.destroy();
    const far = connect(Number(port), hostname);
    keep(near, far);
    keep(far, near);
  });
  const sever = () => sockets.forEach((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name,
    port: (server.address() as AddressInfo).port,
    async cut() {
      mode = 'cut';
      sever();
    },
    async hush() {
      mode = 'silent';
    },
    async slow(latency) {
      latencyMs = latency;
    },
    async heal() {
      // What passed into the silence is lost: its connections cannot go on.
      if (mode === 'silent') sever();
      mode = 'open';
      latencyMs = 0;
    },
    stop() {
      sever();
      server.close();
    },
  };
}
