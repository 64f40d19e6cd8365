/**
 * From an express request to a route's handler and back.
 *
 * 1. The key is checked before the body is read: nobody without one makes us buffer a megabyte.
 * 2. An answer is sent only after the commit, so what was answered is in PostgreSQL.
 * 3. The relay is woken after the commit, whatever became of the caller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { KeyIdentity } from '../db/api-keys';
import type { Tx } from '../db/client';
import { DatabaseError } from '../db/failure';
import { AppError } from '../errors';
import { authenticate, authorize } from './auth';
import type { AuthLimit } from './auth-limit';
import { BODY_TEXT, DEFAULT_BODY_LIMIT, readBody } from './body';
import type { HttpDeps } from './deps';
import { idempotencyKey, once } from './idempotency';
import { problemBody } from './problem';
import { requestIdOf } from './request-id';
import type { Answer, Call, Route } from './route';
import { validate } from './validate';

/** For routes that take no query: any parameter is then an unknown field. */
const emptyObject = z.strictObject({});

type AnyCall = Call<Record<string, unknown>, Record<string, unknown>, unknown>;

/** What happens to every request with a key, whatever its route. */
export interface Gate {
  /** Refuses a key that asks too often; runs behind the look-up of the key. */
  readonly limit: RequestHandler;
  /** Refuses addresses that show too many keys that are none. */
  readonly failures: AuthLimit;
  used(key: KeyIdentity): void;
}

/** The handlers of a route, in order. */
export function handlersOf(route: Route, deps: HttpDeps, gate: Gate): RequestHandler[] {
  const authentication: RequestHandler = async (request, response, next) => {
    const door = { db: deps.db, limit: gate.failures, address: request.ip ?? '' };
    const key = await authenticate(door, request.get('Authorization'));
    response.locals.key = key;
    gate.used(key);
    next();
  };
  const authorization: RequestHandler = (_request, response, next) => {
    authorize(response.locals.key as KeyIdentity, route.scope);
    next();
  };
  const answering: RequestHandler = async (request, response) => {
    const call = callOf(route, deps, request, response);
    const answer =
      'handle' in route
        ? await route.handle(call as never)
        : await written(route, call, request, response);
    send(response, answer);
  };
  const limit = route.maxBody ?? DEFAULT_BODY_LIMIT;
  const accepted = { yaml: route.acceptsYaml ?? false, csv: route.acceptsCsv ?? false };
  const reading = 'write' in route ? [readBody(limit, accepted)] : [];
  return [authentication, gate.limit, authorization, ...reading, answering];
}

function callOf(route: Route, deps: HttpDeps, request: Request, response: Response): AnyCall {
  const key = response.locals.key as KeyIdentity;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const query = { ...request.query };
  return {
    params: route.params ? validate(route.params, { ...request.params }, 'address') : {},
    query: validate(route.query ?? emptyObject, query, 'query'),
    body: route.body ? checkedBody(route, request.body, response.locals[BODY_TEXT]) : undefined,
    key,
    deps,
    header: (name) => request.get(name),
    signal: gone.signal,
    transaction: (work) => deps.db.inWorkspace(key.workspaceId, work),
  };
}

function checkedBody(route: Route, body: unknown, text: unknown): unknown {
  // readBody leaves no body at all where none was sent.
  const given = body === undefined ? {} : body;
  if (route.bodyIsDefinition) return text ?? given;
  return route.body && validate(route.body, given, 'request');
}

type Writing = Extract<Route, { write: unknown }>;

async function written(
  route: Writing,
  call: AnyCall,
  request: Request,
  response: Response,
): Promise<Answer> {
  const key = idempotencyKey(request.get('Idempotency-Key'));
  const work = async (tx: Tx): Promise<Answer> => {
    const answer = await route.write(tx, call as never);
    return answer instanceof AppError ? committedProblem(answer, response) : answer;
  };
  const address = `${request.method} ${request.baseUrl}${request.path}`;
  const answer = await retrying(() =>
    call.transaction((tx) =>
      key === null
        ? work(tx)
        : once(tx, { key, route: address, body: saidBy(request) }, () => work(tx)),
    ),
  );
  return improved(answer, call.deps, response);
}

/** What a request says: beside a body that is a file, options stand in the address. */
function saidBy({ query, body }: Request): unknown {
  return Object.keys(query).length === 0 ? (body as unknown) : [query, body];
}

/** What was committed is answered as such, whatever happens to the attempt to say more. */
async function improved(
  answer: Answer,
  { wakeRelay, log }: HttpDeps,
  response: Response,
): Promise<Answer> {
  try {
    const better = (await answer.afterCommit?.()) ?? answer;
    return better instanceof AppError ? committedProblem(better, response) : better;
  } catch (error) {
    log.warn({ err: error }, 'An answer was sent without what follows the commit.');
    return answer;
  } finally {
    wakeRelay();
  }
}

function committedProblem(error: AppError, response: Response): Answer {
  return {
    status: error.status,
    body: { ...problemBody(error), requestId: requestIdOf(response) },
    headers: { 'Content-Type': 'application/problem+json' },
  };
}

const TRANSACTION_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 500;
const SERIALIZATION_OR_DEADLOCK = new Set(['40001', '40P01']);

/**
 * A transaction that PostgreSQL gave up in favour of another is run again, after a pause in which
 * the other can finish: at once they would meet again.
 */
async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const gaveWay = error instanceof DatabaseError && SERIALIZATION_OR_DEADLOCK.has(error.code);
      if (!gaveWay || attempt === TRANSACTION_ATTEMPTS) throw error;
      await sleep(LONGEST_PAUSE_MS * (0.2 + 0.8 * Math.random()));
    }
  }
}

function send(response: Response, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === 'string' && headers['Content-Type'] !== undefined;
  response
    .status(status)
    .type('application/json')
    .set(headers)
    .send(isText ? body : JSON.stringify(body));
}
