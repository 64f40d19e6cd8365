import type { Request } from 'express';

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i;
/** What a proxy on this machine adds for somebody who is not. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** Whether a request names this machine: a web site in a browser here could point a name of its own at us. */
export const namesLoopback = (host: string | undefined): boolean => LOOPBACK_HOST.test(host ?? '');

/** Whether a program of this machine asks, by its address and by the name that it calls us. */
export function isFromHere({ socket, headers }: Pick<Request, 'socket' | 'headers'>): boolean {
  return (
    LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') &&
    namesLoopback(headers.host) &&
    FORWARDED.every((name) => headers[name] === undefined)
  );
}
