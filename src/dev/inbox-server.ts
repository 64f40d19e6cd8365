import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { namesLoopback } from '../http/from-here';
import { inboxPage, MAIL_POLICY, mailPage, PAGE_POLICY } from './inbox-page';
import type { MailStore } from './mail-store';

/** The web side of the catcher: pages for people, JSON for programs. */
export function createInboxServer(store: MailStore): Server {
  return createServer((request, response) => {
    try {
      answer(store, request, response);
    } catch (error) {
      if (!response.headersSent)
        sendJson(response, 400, { title: 'Bad request', detail: String(error) });
    }
  });
}

function answer(store: MailStore, request: IncomingMessage, response: ServerResponse): void {
  const { host } = request.headers;
  if (host !== undefined && !namesLoopback(host)) {
    return sendJson(response, 403, {
      title: 'Use 127.0.0.1 or localhost as the address of the inbox.',
    });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendJson(response, 405, { title: 'Only GET' });
  const { pathname: path, searchParams } = new URL(
    (request.url ?? '/').replace(/^\/+/, '/'),
    'http://inbox',
  );
  const forPeople = (request.headers.accept ?? '').includes('text/html');
  if (path === '/dev/inbox.json' || (path === '/' && !forPeople))
    return sendJson(response, 200, store.list(Number(searchParams.get('after')) || 0));
  if (path === '/') {
    const live = searchParams.get('live') !== 'off';
    return sendPage(response, inboxPage(store.list(), live));
  }
  if (path.startsWith('/dev/messages/')) {
    const messageId = decodeURIComponent(path.slice('/dev/messages/'.length));
    const mail = store.byMessageId(messageId);
    return mail
      ? sendJson(response, 200, mail)
      : sendJson(response, 404, { title: `No mail has the Message-ID ${messageId}` });
  }
  const shown = /^\/mail\/(\d+)(\/body)?$/.exec(path);
  const mail = shown ? store.byNumber(Number(shown[1])) : null;
  if (mail === null) return sendJson(response, 404, { title: 'Not found' });
  if (shown?.[2] === undefined) return sendPage(response, mailPage(mail));
  sendPage(response, mail.html ?? '', MAIL_POLICY);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function sendPage(response: ServerResponse, html: string, policy = PAGE_POLICY): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(html);
}
