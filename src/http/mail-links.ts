/**
 * Where the links of mails lead: `/u` unsubscribes, `/t/o` tells of an opening, `/t/c` of a click.
 *
 * 1. A token is all the authority there is; one that nobody signed is answered without a look at the database.
 * 2. A GET changes nothing about a person: scanners follow every link of a mail.
 * 3. A click leads only where the mail led: the target is part of what was signed.
 * 4. A reader gets where she wanted, also while nothing can be recorded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RequestHandler, Router } from 'express';
import { topicName } from '../journey/consent';
import type { LinkKind, Link } from '../links/token';
import { webAddress } from '../links/tracked-html';
import type { HttpDeps } from './deps';
import { askPage, donePage, FROM_ALL, NO_LINK, sendPage } from './link-page';
import { isMachine } from './machine-request';
import { recordReading, recordUnsubscribing } from './reader-events';

/** The smallest image there is. */
const IMAGE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** How long a reader waits for what is recorded about her. */
const PATIENCE_MS = 2_000;

type LinkDeps = Pick<HttpDeps, 'db' | 'links' | 'log' | 'wakeRelay'>;

/** The addresses in mails; none where there are no keys to know them by. */
export function mailLinkPages(deps: LinkDeps): Router {
  const router = Router();
  const { links } = deps;
  if (links === undefined) return router;
  const linkOf = (kind: LinkKind, token: unknown) => links.read(kind, String(token));
  router.get('/u/:token', (request, response) => {
    const link = linkOf('unsubscribe', request.params.token);
    sendPage(response, link === null ? 404 : 200, link === null ? NO_LINK : askPage(topicOf(link)));
  });
  router.post('/u/:token', async (request, response) => {
    const link = linkOf('unsubscribe', request.params.token);
    if (link === null) return sendPage(response, 404, NO_LINK);
    const topic = request.query[FROM_ALL] === undefined ? topicOf(link) : null;
    await deps.db.inWorkspace(link.workspaceId, (tx) =>
      recordUnsubscribing(tx, link, topic, new Date()),
    );
    deps.wakeRelay();
    sendPage(response, 200, donePage(topic));
  });
  router.get('/t/o/:token', opened(deps, linkOf));
  router.get('/t/c/:token', clicked(deps, linkOf));
  return router;
}

/** The topic that a link unsubscribes from; null for all marketing. */
const topicOf = ({ target }: Link): string | null => topicName.safeParse(target).data ?? null;

type LinkOf = (kind: LinkKind, token: unknown) => Link | null;

function opened(deps: LinkDeps, linkOf: LinkOf): RequestHandler {
  return async (request, response) => {
    const link = linkOf('open', request.params['token']);
    if (link !== null && !isMachine(request)) await tell(deps, 'email.opened', link);
    // Pages of mailboxes that isolate themselves load it only so.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    response
      .status(link === null ? 404 : 200)
      .type('gif')
      .send(IMAGE);
  };
}

function clicked(deps: LinkDeps, linkOf: LinkOf): RequestHandler {
  return async (request, response) => {
    const link = linkOf('click', request.params['token']);
    const target = link && webAddress(link.target);
    if (link === null || target === null) return sendPage(response, 404, NO_LINK);
    if (!isMachine(request)) await tell(deps, 'email.clicked', link);
    response.set({ 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' });
    response.redirect(302, target);
  };
}

/** Resolves when it is recorded, or the patience is over; what fails is logged. */
async function tell(
  deps: LinkDeps,
  type: 'email.opened' | 'email.clicked',
  link: Link,
): Promise<void> {
  const { workspaceId, deliveryId } = link;
  const recording = deps.db
    .inWorkspace(workspaceId, (tx) => recordReading(tx, type, link, new Date()))
    .then(() => deps.wakeRelay())
    .catch((error: unknown) => {
      const fields = { event: 'link.not_recorded', workspaceId, deliveryId, type, err: error };
      deps.log.warn(fields, 'What a reader did with a mail was not recorded.');
    });
  const patience = new AbortController();
  const over = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([recording, over]);
  patience.abort();
}
