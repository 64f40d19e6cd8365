/** Where Prometheus asks: at the API, and at a small server of the worker. */
import { timingSafeEqual, createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scrape } from '../metrics';

const PATH = '/metrics';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Answers `GET /metrics`: whoever has the token, or everybody where none is set. */
export function metricsListener(token: string | undefined): RequestListener {
  const wanted = token === undefined ? null : digest(`Bearer ${token}`);
  return (request, response) => {
    if (request.url?.split('?')[0] !== PATH) return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405, { Allow: 'GET' }).end();
    const given = digest(request.headers.authorization ?? '');
    if (wanted !== null && !timingSafeEqual(wanted, given))
      return void response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
    scrape().then(
      ({ contentType, text }) => response.writeHead(200, { 'Content-Type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for Prometheus alone, for a process that has no API. */
export async function startMetricsServer(options: {
  readonly port: number;
  readonly host?: string | undefined;
  readonly token?: string | undefined;
}): Promise<MetricsServer> {
  const { port, host, token } = options;
  const server: Server = createServer(metricsListener(token));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
