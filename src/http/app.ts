import express, { type Express, type RequestHandler, Router } from 'express';
import { fail } from '../errors';
import { type AuthLimit, createAuthLimit, NO_AUTH_LIMIT } from './auth-limit';
import type { HttpDeps } from './deps';
import { devInbox } from './dev-inbox';
import { handlersOf } from './dispatch';
import { createKeyUse } from './key-use';
import { metricsListener } from './metrics';
import { observed, taken } from './observe';
import { mailLinkPages } from './mail-links';
import { openApiDocument } from './openapi';
import { problemHandler } from './problem';
import { createRateLimit } from './rate-limit';
import { referencePage } from './reference/page';
import { overview } from './overview';
import { requestId } from './request-id';
import { health } from './routes/health';
import { routes } from './routes/index';

/** The API as an express application that listens nowhere yet. */
export function createApp(deps: HttpDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', deps.trustProxy ?? 0);
  app.use(requestId, safeHeaders, observed(deps.log));
  app.use(health(deps));
  app.use(devInbox(deps.inboxUrl));
  const failures = (deps.rateLimit ?? 0) === 0 ? NO_AUTH_LIMIT : createAuthLimit();
  app.use(overview(deps, failures));
  app.use(mailLinkPages(deps));
  app.all('/metrics', taken('/metrics'), metricsListener(deps.metricsToken));
  app.get('/openapi.json', taken('/openapi.json'), (_request, response) => {
    response.json(openApiDocument());
  });
  app.use(referencePage());
  app.use('/api/v1', api(deps, failures));
  app.use((request) => {
    throw fail(
      'route.not_found',
      `Nothing answers at ${request.path.slice(0, 200)}. See /openapi.json for every address.`,
    );
  });
  app.use(problemHandler(deps.log));
  return app;
}

function api(deps: HttpDeps, failures: AuthLimit): Router {
  const router = Router();
  const gate = {
    limit: createRateLimit({ perSecond: deps.rateLimit ?? 0 }),
    failures,
    used: createKeyUse(deps),
  };
  for (const route of routes)
    router[route.method](
      route.path,
      taken(`/api/v1${route.path}`),
      ...handlersOf(route, deps, gate),
    );
  for (const path of new Set(routes.map((route) => route.path)))
    router.all(path, otherMethod(path));
  return router;
}

/** Comes after the routes of its path, so only methods that none of them takes arrive here. */
function otherMethod(path: string): RequestHandler {
  const allowed = routes
    .filter((route) => route.path === path)
    .map((route) => route.method.toUpperCase());
  return (request, response) => {
    response.set('Allow', allowed.join(', '));
    throw fail(
      'route.method_not_allowed',
      `${request.method} is not answered here; ${allowed.join(' and ')} ${allowed.length > 1 ? 'are' : 'is'}.`,
    );
  };
}

const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
  next();
};
