import { resolve } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('an empty environment gives the defaults, with an absolute home', () => {
  expect(loadConfig({})).toMatchObject({
    home: resolve('.throughline'),
    port: 8080,
    portGiven: false,
    temporalNamespace: 'default',
    logLevel: 'info',
    relayLeaseMs: 15_000,
    relayPollMs: 250,
    historyLimit: 2_000,
  });
});

test('a variable set to the empty string counts as not set', () => {
  expect(loadConfig({ PORT: '', DATABASE_URL: '', TEMPORAL_NAMESPACE: '' })).toEqual(
    loadConfig({}),
  );
});

test('port 0 is accepted and counts as given', () => {
  expect(loadConfig({ PORT: '0' })).toMatchObject({ port: 0, portGiven: true });
});

test('metrics, stuck people and what is kept: off or for ever unless told, in the units of the code', () => {
  expect(loadConfig({})).toMatchObject({ stuckAfterMs: 900_000, keep: {} });
  expect(loadConfig({}).metricsPort).toBeUndefined();
  expect(loadConfig({}).rateLimit).toBe(1_000);
  expect(loadConfig({ THROUGHLINE_RATE_LIMIT: '0' }).rateLimit).toBe(0);
  expect(loadConfig({}).trustProxy).toBe(0);
  expect(loadConfig({ THROUGHLINE_TRUST_PROXY: '2' }).trustProxy).toBe(2);
  const told = {
    THROUGHLINE_METRICS_PORT: '9464',
    THROUGHLINE_TEMPORAL_METRICS_PORT: '9465',
    THROUGHLINE_METRICS_TOKEN: 'a-good-token',
    THROUGHLINE_STUCK_AFTER_MINUTES: '1',
    THROUGHLINE_KEEP_ENROLLMENTS_DAYS: '365',
    THROUGHLINE_KEEP_EVENTS_DAYS: '400',
  };
  expect(loadConfig(told)).toMatchObject({
    ...{ metricsPort: 9_464, temporalMetricsPort: 9_465, metricsToken: 'a-good-token' },
    ...{ stuckAfterMs: 60_000, keep: { enrollmentDays: 365, eventDays: 400 } },
  });
  const bad = { THROUGHLINE_KEEP_EVENTS_DAYS: '7', THROUGHLINE_METRICS_TOKEN: 'two words' };
  expect(problemsOf(bad)).toEqual([
    'THROUGHLINE_METRICS_TOKEN=(value not shown) must be 8 to 200 characters without spaces',
    'THROUGHLINE_KEEP_EVENTS_DAYS="7" must be 30 to 36500 days; unset keeps everything',
  ]);
});

test('every bad value is named in one error', () => {
  const bad = {
    PORT: '99999',
    THROUGHLINE_HOST: 'http://127.0.0.1',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    TEMPORAL_ADDRESS: 'http://localhost:7233',
    SMTP_URL: 'mail.example.com',
    THROUGHLINE_API_KEY: 'a b',
    LOG_LEVEL: 'loud',
    THROUGHLINE_RELAY_POLL_MS: 'soon',
  };
  const problems = problemsOf(bad);
  expect(problems.map((problem) => problem.split('=')[0])).toEqual(
    expect.arrayContaining(Object.keys(bad)),
  );
  expect(problems).toHaveLength(Object.keys(bad).length);
});

test('a bad value that may hold a password is not repeated', () => {
  const problems = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@db/x', PORT: 'abc' });
  expect(problems.join('\n')).not.toContain('hunter2');
  expect(problems.join('\n')).toContain('PORT="abc" must be a whole number');
});

test.each(['127.0.0.1', '0.0.0.0', '::', 'api.internal'])(
  'the address %s to listen on is accepted',
  (host) => {
    expect(loadConfig({ THROUGHLINE_HOST: host }).host).toBe(host);
  },
);

test.each(['localhost:7233', 'temporal.example.com:443', '127.0.0.1:7233', '[::1]:7233'])(
  'the Temporal address %s is accepted',
  (address) => {
    expect(loadConfig({ TEMPORAL_ADDRESS: address }).temporalAddress).toBe(address);
  },
);

test('keys of links are read in order, with their ids', () => {
  const secret = 's'.repeat(32);
  const text = `2026:${secret}, 2025:o:${secret}`;
  expect(loadConfig({ THROUGHLINE_LINK_KEYS: text }).linkKeys).toEqual([
    { id: '2026', secret },
    { id: '2025', secret: `o:${secret}` },
  ]);
  expect(loadConfig({}).linkKeys).toEqual([]);
});

test.each(['2026', '2026:short', `:${'s'.repeat(32)}`, `a:${'s'.repeat(32)},a:${'t'.repeat(32)}`])(
  'the keys %j of links are refused, and not repeated',
  (text) => {
    const [problem] = problemsOf({ THROUGHLINE_LINK_KEYS: text });
    expect(problem).toMatch(/^THROUGHLINE_LINK_KEYS=\(value not shown\) must be a comma list/);
  },
);
