import { Router } from 'express';
import type { HttpDeps } from '../deps';
import { taken } from '../observe';

/** Whether the process lives, and whether what it needs answers. Needs no key and tells no more. */
export function health({ ready }: Pick<HttpDeps, 'ready'>): Router {
  const router = Router();
  router.get('/healthz', taken('/healthz'), (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', taken('/readyz'), async (_request, response) => {
    const { database, temporal } = await ready();
    const isReady = database && temporal;
    response
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ready' : 'not_ready', database, temporal });
  });
  return router;
}
