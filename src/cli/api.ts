/** The API that a command talks to: where it is, and with which key. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ThroughlineClient, ThroughlineError } from '../client/index';
import { UsageError } from './usage-error';

/** What was typed. */
export interface ApiChoice {
  readonly address: string | undefined;
  readonly key: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Somebody waits before the terminal: an API that is not there is said soon. */
const ATTEMPTS = 4;

/** A client of the API that was named. Fails with a ThroughlineError when it does not answer, or not to this key. */
export function connect(given: ApiChoice): Promise<ThroughlineClient> {
  return ThroughlineClient.connect({ ...findApi(given, process.env), maxAttempts: ATTEMPTS });
}

/** Address and key: as typed, else from the environment, else those of the copy that runs in the home folder. */
export function findApi(
  given: ApiChoice,
  environment: Environment,
): { readonly address: string; readonly apiKey: string } {
  const { THROUGHLINE_HOME, THROUGHLINE_API_URL, THROUGHLINE_API_KEY } = environment;
  const file = path.join(THROUGHLINE_HOME || '.throughline', 'run.json');
  const running = readRun(file);
  const address = given.address ?? (THROUGHLINE_API_URL || running?.api);
  if (address === undefined) throw noApi(file);
  if (!isAddress(address)) {
    const where = given.address === undefined ? 'THROUGHLINE_API_URL' : '--address';
    throw new UsageError(
      `${where} is no address of an API: "${address}". One looks like http://127.0.0.1:8080.`,
    );
  }
  // The key of the copy that runs here is for that copy, and leaves for nowhere else.
  const its = running !== null && isSame(running.api, address) ? running.apiKey : undefined;
  const apiKey = given.key ?? (THROUGHLINE_API_KEY || its);
  if (apiKey !== undefined) return { address, apiKey };
  throw new UsageError(`Say with which key to ask ${address}: --key, or THROUGHLINE_API_KEY.`);
}

interface Running {
  readonly api: string;
  readonly apiKey: string;
}

function readRun(file: string): Running | null {
  try {
    const { api, apiKey } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Running>;
    return typeof api === 'string' && typeof apiKey === 'string' ? { api, apiKey } : null;
  } catch {
    return null;
  }
}

function noApi(file: string): ThroughlineError {
  const message = `No API is known: none is named, and there is no ${file}, so no copy runs here. Start one with "npm start", or say --address and --key.`;
  return new ThroughlineError({ code: 'client.unreachable', message });
}

const isAddress = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

const isSame = (one: string, other: string): boolean =>
  isAddress(one) && new URL(one).href === new URL(other).href;
