import { resolve } from 'node:path';
import { z } from 'zod';

/** Environment variables whose values are never repeated in an error. */
const SECRET = new Set([
  'DATABASE_URL',
  'SMTP_URL',
  'THROUGHLINE_API_KEY',
  'THROUGHLINE_METRICS_TOKEN',
  'THROUGHLINE_LINK_KEYS',
]);

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const wholeNumber = (least: number, most: number, hint: string) =>
  z
    .string()
    .regex(/^\d{1,10}$/, hint)
    .transform(Number)
    .refine((value) => value >= least && value <= most, hint);

const port = wholeNumber(0, 65_535, 'must be a whole number from 0 to 65535; 0 picks a free port');

const days = (least: number) =>
  wholeNumber(least, 36_500, `must be ${least} to 36500 days; unset keeps everything`);

const url = (protocols: string[], example: string) => {
  const hint = `must be a URL such as ${example}`;
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), hint);
};

/** A key that signs the links of mails; tokens name it by its id. */
export interface LinkKeySetting {
  id: string;
  secret: string;
}

const LINK_KEY = /^([A-Za-z0-9_-]{1,16}):([^\s,]{32,200})$/;
const LINK_KEYS_HINT =
  'must be a comma list of keys such as 2026:… (an id, a colon, a secret of 32 to 200 characters), the ids all different';

const linkKeys = z
  .string()
  .transform((text) =>
    text.split(',').map((entry): LinkKeySetting => {
      const [, id = '', secret = ''] = LINK_KEY.exec(entry.trim()) ?? [];
      return { id, secret };
    }),
  )
  .refine(
    (keys) =>
      keys.every(({ id }) => id !== '') && new Set(keys.map(({ id }) => id)).size === keys.length,
    LINK_KEYS_HINT,
  );

const ENVIRONMENT = z.object({
  THROUGHLINE_HOME: z.string().default('.throughline'),
  PORT: port.optional(),
  THROUGHLINE_HOST: z
    .string()
    .regex(
      /^[\w.:-]{1,255}$/,
      'must be an address of this machine, such as 127.0.0.1, 0.0.0.0 or ::',
    )
    .optional(),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host:5432/database',
  ).optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/@]+):\d{1,5}$/, 'must be host:port, such as localhost:7233')
    .optional(),
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(
      /^[A-Za-z0-9][\w.-]{0,254}$/,
      'must be the name of a namespace: letters, digits, dots, dashes',
    )
    .default('default'),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:password@host:587').optional(),
  THROUGHLINE_MAIL_LOOKUP_URL: url(
    ['http:', 'https:'],
    'http://127.0.0.1:8025/dev/messages',
  ).optional(),
  THROUGHLINE_MAIL_FROM: z
    .email('must be an e-mail address')
    .default('journeys@throughline.example'),
  THROUGHLINE_INBOX_URL: url(['http:', 'https:'], 'http://127.0.0.1:8025').optional(),
  THROUGHLINE_TEMPORAL_UI_URL: url(['http:', 'https:'], 'http://127.0.0.1:8233').optional(),
  THROUGHLINE_API_KEY: z
    .string()
    .regex(/^\S{8,200}$/, 'must be 8 to 200 characters without spaces')
    .optional(),
  THROUGHLINE_PUBLIC_URL: url(['http:', 'https:'], 'https://journeys.example.com').optional(),
  THROUGHLINE_LINK_KEYS: linkKeys.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  THROUGHLINE_HTTP_ALLOW: z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine(
      (entries) => entries.every((entry) => /^[\w.*:/[\]-]{1,255}$/.test(entry)),
      'must be a comma list of hosts and address ranges, such as localhost:3000,*.internal,10.0.0.0/8',
    )
    .optional(),
  THROUGHLINE_RELAY_LEASE_MS: wholeNumber(
    100,
    3_600_000,
    'must be 100 to 3600000 milliseconds',
  ).default(15_000),
  THROUGHLINE_RELAY_POLL_MS: wholeNumber(10, 60_000, 'must be 10 to 60000 milliseconds').default(
    250,
  ),
  THROUGHLINE_HISTORY_LIMIT: wholeNumber(10, 40_000, 'must be 10 to 40000 events').default(2_000),
  THROUGHLINE_METRICS_PORT: port.optional(),
  THROUGHLINE_TEMPORAL_METRICS_PORT: wholeNumber(
    1,
    65_535,
    'must be a whole number from 1 to 65535',
  ).optional(),
  THROUGHLINE_METRICS_TOKEN: z
    .string()
    .regex(/^\S{8,200}$/, 'must be 8 to 200 characters without spaces')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://127.0.0.1:4318').optional(),
  THROUGHLINE_RATE_LIMIT: wholeNumber(
    0,
    1_000_000,
    'must be 0 to 1000000 requests in a second; 0 is no limit',
  ).default(1_000),
  THROUGHLINE_TRUST_PROXY: wholeNumber(
    0,
    10,
    'must be 0 to 10: how many proxies stand in front of the API',
  ).default(0),
  THROUGHLINE_STUCK_AFTER_MINUTES: wholeNumber(1, 10_080, 'must be 1 to 10080 minutes').default(15),
  THROUGHLINE_KEEP_ENROLLMENTS_DAYS: days(1).optional(),
  THROUGHLINE_KEEP_MESSAGES_DAYS: days(1).optional(),
  // An event's id counts once for 30 days, by the event that it belongs to.
  THROUGHLINE_KEEP_EVENTS_DAYS: days(30).optional(),
});

/** Everything the environment decides; durations in milliseconds. */
export interface Config {
  /** Absolute folder for data and state of this copy. */
  home: string;
  /** Port of the API; 0 lets the operating system choose. */
  port: number;
  /** False when `port` is the default, which may move to a free port. */
  portGiven: boolean;
  /** Address that the API listens on; all of them when absent, 127.0.0.1 under `npm start`. */
  host?: string | undefined;
  /** PostgreSQL as owner or superuser; the roles are taken on by the connection. */
  databaseUrl?: string | undefined;
  temporalAddress?: string | undefined;
  temporalNamespace: string;
  smtpUrl?: string | undefined;
  /** Prefix for looking up an ambiguous mail: GET `<mailLookupUrl>/<message id, URL-encoded>` is 200 or 404. */
  mailLookupUrl?: string | undefined;
  /** The sender's address of mails whose node names none. */
  mailFrom: string;
  /** Web address of the development inbox, when mail goes to the local catcher. */
  inboxUrl?: string | undefined;
  /** Web address of Temporal's Web UI, for links. */
  temporalUiUrl?: string | undefined;
  apiKey?: string | undefined;
  /** Address under which people outside reach the API, for links in messages. */
  publicUrl?: string | undefined;
  /** Keys of the links in mails: the first one signs, all of them are believed; none makes no links. */
  linkKeys: readonly LinkKeySetting[];
  /** Hosts and address ranges that webhooks may reach although they are not public. */
  httpAllow: readonly string[];
  logLevel: (typeof LOG_LEVELS)[number];
  relayLeaseMs: number;
  relayPollMs: number;
  /** Events after which an enrollment begins a fresh history; Temporal ends one at 51,200. */
  historyLimit: number;
  /** Port of the worker for Prometheus; without one it does not listen. */
  metricsPort?: number | undefined;
  /** Port on which Temporal's own worker metrics are offered; without one they are not. */
  temporalMetricsPort?: number | undefined;
  /** What Prometheus must show as a bearer token; nothing when absent. */
  metricsToken?: string | undefined;
  /** Collector that takes traces by OTLP over HTTP; nothing is traced without one. */
  tracesUrl?: string | undefined;
  /** Requests of one API key in a second, at each process of the API; 0 is no limit. */
  rateLimit: number;
  /** Proxies in front of the API, of which each adds to X-Forwarded-For the address that it was called from. */
  trustProxy: number;
  /** How long after something was due an enrollment is taken for stuck. */
  stuckAfterMs: number;
  /** What is older is deleted; absent means that it is kept. */
  keep: {
    /** Counted from the end of an enrollment; its steps, calls and commands go with it. */
    readonly enrollmentDays?: number | undefined;
    readonly messageDays?: number | undefined;
    readonly eventDays?: number | undefined;
  };
}

/** Thrown by `loadConfig`; `problems` has one line for every bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: string[]) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    super(
      `The environment holds values that Throughline cannot use:\n${lines}\nCorrect or unset them and start again.`,
    );
  }
}

/**
 * Reads the environment once. A variable set to the empty string counts as not set.
 * @throws ConfigError naming every bad value at once; values that may hold a password are not repeated.
 */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => describeProblem(issue, given)));
  const values = parsed.data;
  return {
    home: resolve(values.THROUGHLINE_HOME),
    port: values.PORT ?? 8080,
    portGiven: values.PORT !== undefined,
    host: values.THROUGHLINE_HOST,
    databaseUrl: values.DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    smtpUrl: values.SMTP_URL,
    mailLookupUrl: values.THROUGHLINE_MAIL_LOOKUP_URL,
    mailFrom: values.THROUGHLINE_MAIL_FROM,
    inboxUrl: values.THROUGHLINE_INBOX_URL,
    temporalUiUrl: values.THROUGHLINE_TEMPORAL_UI_URL,
    apiKey: values.THROUGHLINE_API_KEY,
    publicUrl: values.THROUGHLINE_PUBLIC_URL,
    linkKeys: values.THROUGHLINE_LINK_KEYS ?? [],
    httpAllow: values.THROUGHLINE_HTTP_ALLOW ?? [],
    logLevel: values.LOG_LEVEL,
    relayLeaseMs: values.THROUGHLINE_RELAY_LEASE_MS,
    relayPollMs: values.THROUGHLINE_RELAY_POLL_MS,
    historyLimit: values.THROUGHLINE_HISTORY_LIMIT,
    metricsPort: values.THROUGHLINE_METRICS_PORT,
    temporalMetricsPort: values.THROUGHLINE_TEMPORAL_METRICS_PORT,
    metricsToken: values.THROUGHLINE_METRICS_TOKEN,
    tracesUrl: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    rateLimit: values.THROUGHLINE_RATE_LIMIT,
    trustProxy: values.THROUGHLINE_TRUST_PROXY,
    stuckAfterMs: values.THROUGHLINE_STUCK_AFTER_MINUTES * 60_000,
    keep: {
      enrollmentDays: values.THROUGHLINE_KEEP_ENROLLMENTS_DAYS,
      messageDays: values.THROUGHLINE_KEEP_MESSAGES_DAYS,
      eventDays: values.THROUGHLINE_KEEP_EVENTS_DAYS,
    },
  };
}

function describeProblem(
  issue: z.core.$ZodIssue,
  given: Record<string, string | undefined>,
): string {
  const name = String(issue.path[0]);
  const value = SECRET.has(name) ? '(value not shown)' : JSON.stringify(given[name]);
  return `${name}=${value} ${issue.message}`;
}
