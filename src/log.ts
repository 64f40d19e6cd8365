import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/**
 * Fields that tell who a person is, or that let somebody act as them. Log ids instead; this list is
 * the net under that rule, for an object that was logged whole.
 */
const PRIVATE_FIELDS = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'externalId',
  'address',
  'to',
  'toAddress',
  'subject',
  'html',
  'text',
  'attributes',
  'properties',
  'variables',
  'body',
  'authorization',
  'apiKey',
  'secret',
  'password',
  'token',
  'url',
];

/** pino matches paths literally, so every depth at which a field is hidden has to be spelt out. */
const redactedPaths = PRIVATE_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
  `*.*.*.${field}`,
]);

/**
 * A JSON logger that writes to standard output, one line per entry. Entries carry ids and codes only;
 * personal fields and secrets are replaced by `[redacted]` up to four levels deep.
 * `level` is one of pino's levels, or `silent`.
 */
export function createLogger(name: string, level = 'info'): Logger {
  return pino({
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorWithoutValues },
    redact: { paths: redactedPaths, censor: '[redacted]' },
  });
}

/**
 * An error by name, code and place. Messages of our own errors are written for logs; drizzle's carry
 * the query's parameters, and PostgreSQL's `detail` the offending values, so those are left out.
 */
function errorWithoutValues(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const message = thrown.message.split('\nparams:')[0];
  const frames = thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: thrown.name,
    code: 'code' in thrown ? thrown.code : undefined,
    message,
    stack: frames?.join('\n'),
  };
}
