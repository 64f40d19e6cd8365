import { type RequestHandler, Router } from 'express';
import { fail } from '../errors';
import { isFromHere } from './from-here';

const ANSWER_MS = 5_000;

/**
 * The caught mail in development, from the catcher at `inboxUrl`; without one nothing answers there.
 * It needs no key, so it speaks to programs of this machine only.
 */
export function devInbox(inboxUrl: string | undefined): Router {
  const router = Router();
  if (inboxUrl !== undefined)
    router.get('/dev/inbox.json', caughtMail(new URL('/dev/inbox.json', inboxUrl)));
  return router;
}

function caughtMail(address: URL): RequestHandler {
  return async (request, response) => {
    if (!isFromHere(request))
      throw fail(
        'auth.forbidden',
        'The development inbox answers on the machine it runs on, under 127.0.0.1 or localhost.',
      );
    response.type('application/json').send(await fetched(address));
  };
}

async function fetched(address: URL): Promise<string> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.ok) return await answer.text();
  } catch {
    // The same as an answer that is none.
  }
  throw fail(
    'service.unavailable',
    `The mail catcher at ${address.origin} did not answer. Is it still running?`,
  );
}
