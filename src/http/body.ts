import express, { type Request, type RequestHandler } from 'express';
import { type AppError, fail } from '../errors';
import { jsonFault } from './json-fault';

/** Bytes of a request body unless its route says otherwise. */
export const DEFAULT_BODY_LIMIT = 100_000;
/** Bytes of a definition or a batch. */
export const LARGE_BODY_LIMIT = 1_000_000;

const JSON_TYPES = ['application/json', 'application/*+json'];
/** RFC 9512 and what was usual before it. */
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/*+yaml'];

const CSV_TYPES = ['text/csv'];

/** What a route takes beside JSON. */
export interface OtherForms {
  readonly yaml: boolean;
  /** A file, which is then the field `csv` of the body. */
  readonly csv: boolean;
}

/** The text that a JSON body came as, for definitions: their problems have lines. */
export const BODY_TEXT = 'bodyText';

/**
 * Reads a body of at most `limit` bytes, unpacked: JSON, and for a definition YAML too, which stays a
 * text so that problems have lines, and for people a CSV file. Any other content type is refused, and so is a body that is not
 * UTF-8, and JSON that is neither an object nor a list.
 */
export function readBody(limit: number, accepted: OtherForms): RequestHandler {
  const bytes = express.raw({ limit, type: [...JSON_TYPES, ...YAML_TYPES, ...CSV_TYPES] });
  return (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    const isYaml = accepted.yaml && request.is(YAML_TYPES) !== false && hasBody;
    const isCsv = accepted.csv && request.is(CSV_TYPES) !== false && hasBody;
    if (hasBody && !isYaml && !isCsv && !request.is(JSON_TYPES)) return next(refused(accepted));
    if (!hasBody) return next();
    if (!isUtf8(request.headers['content-type'] ?? '')) return next(otherCharset());
    bytes(request, response, (error?: unknown) => {
      if (error) return next(error);
      const text = textOf(request.body as Buffer);
      if (text === null) return next(notUtf8());
      if (isYaml || isCsv) {
        request.body = isCsv ? { csv: text } : text;
        return next();
      }
      const problem = readJson(text, request);
      if (text !== '') response.locals[BODY_TEXT] = text;
      next(problem);
    });
  };
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

const isUtf8 = (contentType: string): boolean =>
  /^utf-?8$/i.test(CHARSET.exec(contentType)?.[1] ?? 'utf-8');

/** Null where the bytes are not UTF-8: reading on would store something else than was sent. */
function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Puts the value of a JSON text in the place of the body; what is wrong with it otherwise. */
function readJson(text: string, request: Request): AppError | undefined {
  try {
    request.body = text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return unparsable(text);
  }
  return notAnObject(request.body);
}

function unparsable(text: string): AppError {
  const fault = jsonFault(text);
  if (fault === null)
    return fail('request.unparsable', 'The body is not JSON. Check quotes, commas and brackets.');
  const { line, column, expected } = fault;
  const message = `Expected ${expected} at line ${line}, column ${column}.`;
  return fail('request.unparsable', `The body is not JSON. ${message}`, {
    issues: [{ code: 'request.unparsable', path: '', message, line, column }],
  });
}

function otherCharset() {
  return fail('request.unsupported_media_type', 'Send the body in UTF-8.', { accepts: ['utf-8'] });
}

function notUtf8() {
  const message = 'The body is not valid UTF-8. Send it in UTF-8.';
  return fail('request.invalid', message, {
    issues: [{ code: 'request.forbidden_character', path: '', message }],
  });
}

function refused({ yaml, csv }: OtherForms) {
  const asYaml = yaml ? ', or as YAML, with "Content-Type: application/yaml"' : '';
  const asCsv = csv ? ', or as a CSV file, with "Content-Type: text/csv"' : '';
  const others = [...(yaml ? ['application/yaml'] : []), ...(csv ? CSV_TYPES : [])];
  const accepts = ['application/json', ...others];
  return fail(
    'request.unsupported_media_type',
    `Send the body as JSON, with "Content-Type: application/json"${asYaml}${asCsv}.`,
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
