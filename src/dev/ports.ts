import { createServer } from 'node:net';

/** A TCP port on the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return listenOnce(0, '127.0.0.1');
}

/** The preferred port when nobody listens on it, else any free one; 0 prefers none. */
export async function portNear(preferred: number): Promise<number> {
  return preferred !== 0 && (await isPortFree(preferred)) ? preferred : freePort();
}

/** Whether a server could listen on the port, on the loopback interface and on all of them. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port, '127.0.0.1');
    await listenOnce(port, undefined);
    return true;
  } catch {
    return false;
  }
}

function listenOnce(port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}

/**
 * Starts something on the preferred port when that is free, else on any free one. When somebody else takes the
 * preferred one in between, the start is tried once more on another.
 */
export async function withPort<T>(
  preferred: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const port = await portNear(preferred);
  try {
    return await start(port);
  } catch (error) {
    if (await isPortFree(port)) throw error;
    return start(await freePort());
  }
}
