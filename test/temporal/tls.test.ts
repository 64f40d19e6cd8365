/** Temporal behind TLS that asks for a certificate, and Temporal Cloud's API keys: both by Temporal's own variables. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectionOptions } from '../../src/temporal/connect';
import { closedFolder, removeFolders } from '../dev/folders';
import { startProgram } from '../support/program';
import { programFixture } from '../support/program-fixture';
import {
  type Certificates,
  makeCertificates,
  SERVER_NAME,
  startTlsProxy,
} from '../support/tls-proxy';

const stack = programFixture();
let certificates: Certificates;
let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
beforeAll(async () => {
  certificates = makeCertificates(closedFolder());
  proxy = await startTlsProxy(stack.temporal.address, certificates);
});
afterAll(async () => {
  await proxy?.close();
  removeFolders();
});

/** As docs/deploy.md says. */
function secured(identity: { readonly certificate: string; readonly key: string }) {
  return {
    ...stack.environment(),
    SMTP_URL: 'smtp://127.0.0.1:1',
    PORT: '0',
    TEMPORAL_ADDRESS: proxy.address,
    TEMPORAL_TLS: 'true',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority,
    TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
    TEMPORAL_TLS_CLIENT_CERT_PATH: identity.certificate,
    TEMPORAL_TLS_CLIENT_KEY_PATH: identity.key,
  };
}

const readiness = async (env: Record<string, string>): Promise<unknown> => {
  const api = startProgram('src/server.ts', env);
  const { port } = await api.logged('api.ready');
  const answer = await (await fetch(`http://127.0.0.1:${port}/readyz`)).json();
  await api.end('SIGTERM');
  return answer;
};

const LONG = 120_000;

test(
  'API and worker reach a Temporal that asks for a certificate',
  async () => {
    const env = secured(certificates.client);
    const worker = startProgram('src/worker.ts', env);
    await worker.logged('worker.ready');
    expect(await readiness(env)).toMatchObject({ database: true, temporal: true });
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
  },
  LONG,
);

test(
  'a certificate of an authority that the server does not know, or none, is turned away',
  async () => {
    const env = secured(certificates.stranger);
    expect(await readiness(env)).toMatchObject({ database: true, temporal: false });
    const { TEMPORAL_TLS: _tls, ...plain } = secured(certificates.client);
    const withoutTls = Object.fromEntries(
      Object.entries(plain).filter(([name]) => !name.startsWith('TEMPORAL_TLS')),
    );
    expect(await readiness(withoutTls)).toMatchObject({ temporal: false });
    const worker = startProgram('src/worker.ts', env);
    await worker.logged('worker.failed');
  },
  LONG,
);

describe('what connections are made of', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const cloud = { temporalAddress: 'eu-central-1.aws.api.temporal.io:7233' };

  it('an API key brings TLS along', () => {
    process.env['TEMPORAL_API_KEY'] = 'a-key';
    const options = connectionOptions({ ...cloud, temporalNamespace: 'shop.a2dd6' });
    expect(options).toMatchObject({ address: cloud.temporalAddress, apiKey: 'a-key', tls: true });
  });

  it('a profile of a file gives what the environment does not', () => {
    const file = join(closedFolder(), 'temporal.toml');
    const tls = `[profile.shop.tls]\nserver_name = "${SERVER_NAME}"`;
    writeFileSync(file, `[profile.shop]\naddress = "other:7233"\napi_key = "from-file"\n${tls}\n`);
    Object.assign(process.env, { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'shop' });
    const options = connectionOptions({ ...cloud, temporalNamespace: 'shop.a2dd6' });
    expect(options).toMatchObject({
      address: cloud.temporalAddress,
      apiKey: 'from-file',
      tls: { serverNameOverride: SERVER_NAME },
    });
  });
});
