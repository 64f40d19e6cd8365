/** What docker-compose.yml says, without Docker: variables, files, order, secrets, and the users that it makes. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { loadConfig } from '../../src/config';
import { openDatabase } from '../../src/db/client';
import { migrate } from '../../src/db/migrate';
import { removeFolders } from '../dev/folders';
import { exists, textOf } from '../docs/markdown';
import { composeFile, type ComposeService } from '../support/compose';
import { deployEnv } from '../support/deploy-env';
import { ROOT } from '../support/fixture';
import { emptyDatabase } from '../support/postgres';

afterAll(() => removeFolders());

const env = deployEnv();
const { services, configs, volumes } = composeFile(env);
const all = Object.entries(services);
const ours = ['migrate', 'api', 'worker'].map((name): [string, ComposeService] => [
  name,
  services[name] ?? {},
]);

describe('the secrets', () => {
  it('are made anew each time, and are long', () => {
    const again = deployEnv();
    expect(Object.keys(again)).toEqual(Object.keys(env));
    for (const [name, secret] of Object.entries(env)) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(again[name]).not.toBe(secret);
    }
  });

  it.each(Object.keys(env))('%s is missed when it is not there', (name) => {
    const { [name]: _left, ...others } = env;
    expect(() => composeFile(others)).toThrow(`required variable ${name} is missing`);
  });

  it('reach whoever needs them, and nobody else', () => {
    const holders = (name: string) =>
      all
        .filter(([, service]) => JSON.stringify(service).includes(String(env[name])))
        .map(([service]) => service);
    expect(Object.fromEntries(Object.keys(env).map((name) => [name, holders(name)]))).toEqual({
      POSTGRES_PASSWORD: ['postgres', 'temporal-schema', 'temporal', 'migrate'],
      THROUGHLINE_DB_PASSWORD: ['postgres', 'api', 'worker'],
      THROUGHLINE_API_KEY: ['migrate'],
      THROUGHLINE_LINK_KEYS: ['api', 'worker'],
      THROUGHLINE_METRICS_TOKEN: ['api', 'worker'],
    });
  });

  it('stay out of the repository and the image', () => {
    expect(textOf('.gitignore').split('\n')).toContain('.env');
    const ignored = textOf('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    expect(ignored).not.toContain('!.env');
  });
});

describe.each(ours)('%s', (name, { environment = {}, command = [], healthcheck }) => {
  it('has variables that the configuration takes', () => {
    expect(() => loadConfig(environment)).not.toThrow();
    const known = [...textOf('README.md').matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map(
      ([, it]) => it,
    );
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it('has what README says that its program needs', () => {
    const row = new RegExp(`^\\| \`${path.basename(String(command[1]))}\` \\| ([^|]+) \\|`, 'm');
    const [, needs = ''] = row.exec(textOf('README.md')) ?? [];
    const needed = [...needs.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, variable = '']) => variable);
    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter((variable) => !environment[variable])).toEqual([]);
  });

  it('runs files that the image has', () => {
    const [, ...checks] = healthcheck?.test ?? [];
    for (const words of [command, checks].filter(({ length }) => length > 0)) {
      expect(words[0]).toBe('node');
      const source = String(words[1]).replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect({ name, source, there: exists(source) }).toEqual({ name, source, there: true });
    }
  });
});

describe('the services', () => {
  it('wait for what exists, and for health where it is checked', () => {
    const wrong = all.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on)
        .filter(([other, { condition }]) => !canMeet(services[other], condition))
        .map(([other, { condition }]) => `${name}: ${other} ${condition}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reach one another by names that exist', () => {
    const hosts = ours.flatMap(([, { environment = {} }]) =>
      Object.values(environment).flatMap((value) =>
        [...value.matchAll(/(?:@|^|:\/\/)([a-z-]+):\d{2,5}(?:\/|$)/g)].map(([, host]) => host),
      ),
    );
    expect(new Set(hosts)).toEqual(new Set(['postgres', 'temporal', 'mail']));
  });

  it('mount what exists, and come in a version that is named', () => {
    for (const [, { volumes: mounted = [], configs: used = [], image = '' }] of all) {
      for (const [source = ''] of mounted.map((mount) => mount.split(':')))
        expect(source.startsWith('./') ? exists(source) : source in volumes).toBe(true);
      for (const { source } of used) expect(Object.keys(configs)).toContain(source);
      expect(image).toMatch(/^throughline$|:v?\d+\.\d+/);
    }
  });

  it('listen on this machine alone', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

function canMeet(service: ComposeService | undefined, condition: string): boolean {
  if (service === undefined) return false;
  if (condition === 'service_healthy') return (service.healthcheck?.test ?? []).length > 0;
  // Who is restarted for ever never completes.
  return (
    condition === 'service_completed_successfully' &&
    (service.restart ?? '').startsWith('on-failure')
  );
}

test('the login that the database is given may act as the roles of API and relay, and sees nothing by itself', async () => {
  const { url, drop } = await emptyDatabase();
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const login = `login_${randomBytes(4).toString('hex')}`;
  const [, script = ''] =
    /<<'SQL'\n([\s\S]*?)\n\s*SQL\n/.exec(String(configs['postgres-logins']?.content)) ?? [];
  expect(script).toContain('throughline_login');
  // In the order of the entry point: roles, logins, and later the migration.
  await admin.unsafe(readFileSync(path.join(ROOT, 'drizzle/roles.sql'), 'utf8'));
  const secret = String(env['THROUGHLINE_DB_PASSWORD']);
  await admin.unsafe(
    script.replaceAll('throughline_login', login).replaceAll(":'password'", `'${secret}'`),
  );
  await migrate({ url });
  const as = new URL(url);
  [as.username, as.password] = [login, secret];
  for (const role of ['throughline_app', 'throughline_relay'] as const)
    await (await openDatabase({ url: as.href, role })).close();
  const itself = postgres(as.href, { max: 1, onnotice: () => undefined });
  await expect(itself`select 1 from contacts`).rejects.toThrow('permission denied');
  await expect(itself`set role throughline_owner`).rejects.toThrow('permission denied');
  await itself.end();
  await admin`revoke throughline_app, throughline_relay from ${admin(login)}`;
  await admin`drop role ${admin(login)}`;
  await admin.end();
  await drop();
});
