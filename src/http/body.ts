import express, { type RequestHandler } from 'express';
import { fail } from '../errors';

/** Bytes of a request body unless its route says otherwise. */
export const DEFAULT_BODY_LIMIT = 100_000;
/** Bytes of a definition or a batch. */
export const LARGE_BODY_LIMIT = 1_000_000;

const JSON_TYPES = ['application/json', 'application/*+json'];
/** RFC 9512 and what was usual before it. */
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/*+yaml'];

/**
 * Reads a body of at most `limit` bytes, unpacked: JSON, and for a definition YAML too, which stays a
 * text so that problems have lines. Any other content type is refused, and so is JSON that is neither
 * an object nor a list.
 */
export function readBody(limit: number, acceptsYaml: boolean): RequestHandler {
  // Not strict: what is JSON and no object is refused in other words than what is no JSON.
  const json = express.json({ limit, type: JSON_TYPES, strict: false });
  const yaml = express.text({ limit, type: YAML_TYPES });
  return (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (acceptsYaml && request.is(YAML_TYPES)) return yaml(request, response, next);
    if (hasBody && !request.is(JSON_TYPES)) return next(refused(acceptsYaml));
    json(request, response, (error?: unknown) => next(error ?? notAnObject(request.body)));
  };
}

function refused(acceptsYaml: boolean) {
  const yaml = acceptsYaml ? ', or as YAML, with "Content-Type: application/yaml"' : '';
  const accepts = ['application/json', ...(acceptsYaml ? ['application/yaml'] : [])];
  return fail(
    'request.unsupported_media_type',
    `Send the body as JSON, with "Content-Type: application/json"${yaml}.`,
    { accepts },
  );
}

/** What is wrong with a body that was read as JSON; an absent one counts as an empty object. */
function notAnObject(body: unknown) {
  if (body === undefined || (typeof body === 'object' && body !== null)) return undefined;
  const kind = body === null ? 'null' : typeof body === 'string' ? 'a text' : `a ${typeof body}`;
  const message = `Expected an object or a list, got ${kind}.`;
  return fail('request.invalid', `The body is JSON, but no object. ${message}`, {
    issues: [{ code: 'request.wrong_type', path: '', message }],
  });
}
