/**
 * The page at `/`: what runs in a workspace, for people.
 *
 * 1. It shows a workspace to whoever has a key of it, by Authorization header or signed in by a cookie; and in
 *    development to programs of this machine, by the key that `npm start` made.
 * 2. The cookie holds the key for the browser's session. Nothing but this page takes it, and the page changes nothing,
 *    so another site can do nothing with it; scripts cannot read it.
 * 3. It names workflows, nodes, codes and ids, and nobody.
 */
import express, { type Request, type Response, Router } from 'express';
import { type KeyIdentity, lookUpApiKey } from '../db/api-keys';
import { countByWorkflow, countStuck, latestFailures } from '../db/overview';
import { listStuck } from '../db/stuck';
import { listWorkflows } from '../db/workflows';
import { AppError, fail } from '../errors';
import { authenticate, authorize, type Door, identityOf } from './auth';
import type { AuthLimit } from './auth-limit';
import type { HttpDeps } from './deps';
import { isFromHere } from './from-here';
import { createKept } from './kept';
import { taken } from './observe';
import { type Elsewhere, type Overview, overviewPage, signInPage } from './overview-page';
import { pagePolicy } from './page';

type OverviewDeps = Pick<HttpDeps, 'db' | 'inboxUrl' | 'temporalUi' | 'publicUrl' | 'devKey'>;

type Limited = OverviewDeps & { readonly limit: AuthLimit };

const COOKIE = 'throughline_key';
const MOST_WORKFLOWS = 100;
const MOST_ROWS = 10;

export function overview(given: OverviewDeps, limit: AuthLimit): Router {
  const deps = { ...given, limit };
  const router = Router();
  const elsewhere: Elsewhere = { inboxUrl: deps.inboxUrl, temporalUi: deps.temporalUi };
  const kept = createKept<Overview>();
  router.get('/', taken('/'), async (request, response) => {
    const { identity, signedIn, problem } = await whoAsks(deps, request);
    if (identity === null) {
      if (problem !== undefined) forget(response);
      return sendPage(response, problem ? 401 : 200, signInPage(elsewhere, problem));
    }
    const look = () => lookAt(deps, identity.workspaceId);
    const shown = await kept(identity.workspaceId, look);
    const live = request.query['live'] !== 'off';
    sendPage(response, 200, overviewPage(shown, elsewhere, { live, signedIn }));
  });
  router.post(
    '/',
    taken('/'),
    express.urlencoded({ extended: false, limit: '2kb' }),
    async (request, response) => {
      requireOwnForm(request);
      const { key: given } = (request.body ?? {}) as Record<string, unknown>;
      const key = typeof given === 'string' ? given.trim() : '';
      if (key === '') {
        forget(response);
        return response.redirect(303, '/');
      }
      const { problem } = await signIn(deps, request, key);
      if (problem !== undefined) return sendPage(response, 401, signInPage(elsewhere, problem));
      const secure = deps.publicUrl?.startsWith('https:') ?? false;
      response.cookie(COOKIE, key, { httpOnly: true, sameSite: 'strict', secure, path: '/' });
      response.redirect(303, '/');
    },
  );
  return router;
}

interface Asking {
  readonly identity: KeyIdentity | null;
  /** Whether a cookie says so, which can be forgotten. */
  readonly signedIn: boolean;
  /** Why there is no identity although a key was given. */
  readonly problem?: string | undefined;
}

async function whoAsks(deps: Limited, request: Request): Promise<Asking> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const identity = await authenticate(doorOf(deps, request), authorization);
    requireScopes(identity);
    return { identity, signedIn: false };
  }
  const cookie = cookieOf(request);
  if (cookie !== null) return { ...(await signIn(deps, request, cookie)), signedIn: true };
  const { devKey } = deps;
  if (devKey === undefined || !isFromHere(request)) return { identity: null, signedIn: false };
  return { identity: await lookUpApiKey(deps.db, devKey), signedIn: false };
}

const doorOf = ({ db, limit }: Limited, { ip: address = '' }: Request): Door => ({
  ...{ db, limit, address },
});

async function signIn(
  deps: Limited,
  request: Request,
  key: string,
): Promise<{ identity: KeyIdentity | null; problem?: string }> {
  try {
    const identity = await identityOf(doorOf(deps, request), key);
    if (identity === null)
      return { identity, problem: 'This is no API key in force. Check that it was copied whole.' };
    requireScopes(identity);
    return { identity };
  } catch (error) {
    if (error instanceof AppError) return { identity: null, problem: error.detail };
    throw error;
  }
}

function requireScopes(identity: KeyIdentity): void {
  authorize(identity, 'workflows:read');
  authorize(identity, 'enrollments:read');
}

/** Another site's form would sign somebody in as somebody else. */
function requireOwnForm({ headers }: Request): void {
  const { origin, host } = headers;
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw fail('auth.forbidden', 'This form was sent by another site. Open the page itself.');
}

function cookieOf({ headers }: Request): string | null {
  const given = (headers.cookie ?? '').split(/; */).find((pair) => pair.startsWith(`${COOKIE}=`));
  if (given === undefined) return null;
  try {
    return decodeURIComponent(given.slice(COOKIE.length + 1));
  } catch {
    return '';
  }
}

const forget = (response: Response) => response.clearCookie(COOKIE, { path: '/' });

async function lookAt({ db }: OverviewDeps, workspaceId: string): Promise<Overview> {
  const at = new Date();
  return db.inWorkspace(workspaceId, async (tx) => {
    const workflows = await listWorkflows(tx, { limit: MOST_WORKFLOWS });
    const newest = await listStuck(tx, {}, { limit: MOST_ROWS });
    return {
      at,
      workflows: workflows.data,
      hasMore: workflows.nextCursor !== null,
      counts: await countByWorkflow(tx),
      stuck: { count: await countStuck(tx), newest: newest.data },
      failures: await latestFailures(tx, MOST_ROWS),
    };
  });
}

function sendPage(response: Response, status: number, text: string): void {
  response
    .status(status)
    .set({
      'Content-Security-Policy': pagePolicy("form-action 'self'; img-src data:"),
      // Another site does not learn where a link led from; a form of this page still names its origin.
      'Referrer-Policy': 'same-origin',
      'X-Robots-Tag': 'noindex',
    })
    .type('html')
    .send(text);
}
