import type { RequestHandler, Response } from 'express';
import { newId } from '../ids';

const HEADER = 'X-Request-Id';
const ACCEPTED = /^[\w.:-]{1,100}$/;

/** Gives every request an id, the caller's own where it is usable, and returns it with the answer. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  response.set(HEADER, given !== undefined && ACCEPTED.test(given) ? given : newId());
  next();
};

export function requestIdOf(response: Response): string {
  return String(response.get(HEADER) ?? '');
}
