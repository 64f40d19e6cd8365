import type { LookupAddress } from 'node:dns';
import {
  createHttpChannel,
  type HttpCall,
  type HttpChannel,
  type HttpChannelOptions,
} from '../../src/channels/http';
import { HttpError } from '../../src/channels/http-error';
import { type ReceivingServer, startReceivingServer } from '../support/http';

/** What tests of the HTTP channel stand on: for each test a receiver on this machine, and channels that are closed. */
export function channelFixture() {
  let server: ReceivingServer;
  const channels: HttpChannel[] = [];
  beforeEach(async () => {
    server = await startReceivingServer();
  });
  afterEach(async () => {
    await Promise.all(channels.splice(0).map((each) => each.close()));
    await server.close();
  });
  const channel = (options: HttpChannelOptions = {}): HttpChannel => {
    const made = createHttpChannel(options);
    channels.push(made);
    return made;
  };
  return {
    get server() {
      return server;
    },
    channel,
    /** One that may reach the receiver. */
    local: () => channel({ allow: ['127.0.0.1'] }),
    call: (more: Partial<HttpCall> = {}): HttpCall => ({
      method: 'POST',
      url: `${server.url}/hook`,
      headers: {},
      body: 'hello',
      timeoutMs: 5_000,
      ...more,
    }),
  };
}

/** The failure of a call that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<HttpError> {
  const outcome = await work.then(
    (answer) => new Error(`It did not fail, but answered ${JSON.stringify(answer)}.`),
    (error: unknown) => error,
  );
  if (outcome instanceof HttpError) return outcome;
  throw outcome;
}

/** A name server that gives these addresses, one answer after the other; the last one again and again. */
export const names =
  (...answers: readonly (readonly string[])[]): NonNullable<HttpChannelOptions['lookup']> =>
  (_host, _options, callback) => {
    const addresses = (answers.length > 1 ? (answers as string[][]).shift() : answers[0]) ?? [];
    callback(
      null,
      addresses.map(
        (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
      ),
    );
  };
