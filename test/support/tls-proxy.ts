/** A TLS server in front of another one that speaks plainly, with certificates of its own making. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** Paths of PEM files. */
export interface Certificates {
  readonly authority: string;
  readonly client: { readonly certificate: string; readonly key: string };
  /** Of an authority that nobody trusts. */
  readonly stranger: { readonly certificate: string; readonly key: string };
  readonly server: { readonly certificate: string; readonly key: string };
}

/** The name that the server's certificate is for; it is not the one that it is reached under. */
export const SERVER_NAME = 'temporal.example';

/** Makes an authority with certificates of a server and of a client, by openssl, in the folder. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = (name: string) => {
    const own = ['-x509', '-days', '2', '-subj', `/CN=${name}`];
    const files = { certificate: at(`${name}.pem`), key: at(`${name}.key`) };
    openssl('req', ...own, ...newKey, '-keyout', files.key, '-out', files.certificate);
    return files;
  };
  const signed = (name: string, by: { certificate: string; key: string }) => {
    const files = { certificate: at(`${name}.pem`), key: at(`${name}.key`) };
    const names = `subjectAltName=DNS:${SERVER_NAME}`;
    openssl(
      ...['req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...newKey, '-addext', names],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-CA', by.certificate, '-CAkey', by.key, '-keyout', files.key, '-out', files.certificate],
    );
    return files;
  };
  const trusted = authority('authority');
  return {
    authority: trusted.certificate,
    server: signed('server', trusted),
    client: signed('client', trusted),
    stranger: signed('stranger', authority('nobody')),
  };
}

/** Lets in whoever has a certificate of the authority, and passes everything on to `target`, host:port. */
export async function startTlsProxy(target: string, { authority, server }: Certificates) {
  const [host = '', port] = target.split(':');
  const open = new Set<() => void>();
  const proxy = createServer(
    {
      cert: readFileSync(server.certificate),
      key: readFileSync(server.key),
      ca: readFileSync(authority),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2'],
    },
    (secure) => {
      const plain = connect(Number(port), host);
      secure.pipe(plain).pipe(secure);
      for (const socket of [secure, plain])
        socket.on('error', () => {
          secure.destroy();
          plain.destroy();
        });
      open.add(() => secure.destroy());
    },
  );
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((done) => proxy.close(done));
      for (const end of open) end();
      await closed;
    },
  };
}
