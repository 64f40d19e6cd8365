import express, { type RequestHandler } from 'express';
import { fail } from '../errors';

/** Bytes of a request body unless its route says otherwise. */
export const DEFAULT_BODY_LIMIT = 100_000;
/** Bytes of a definition or a batch. */
export const LARGE_BODY_LIMIT = 1_000_000;

const JSON_TYPES = ['application/json', 'application/*+json'];

/** Reads a JSON body of at most `limit` bytes, unpacked; any other content type is refused. */
export function readJson(limit: number): RequestHandler {
  const parse = express.json({ limit, type: JSON_TYPES });
  return (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody && !request.is(JSON_TYPES)) {
      return next(
        fail(
          'request.unsupported_media_type',
          'Send the body as JSON, with "Content-Type: application/json".',
        ),
      );
    }
    parse(request, response, next);
  };
}
