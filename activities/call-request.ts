/** The request of a call: composed when it is claimed, stored, and made the same by every attempt. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../src/journey/json';
import type { RenderedCall } from '../src/journey/call-render';

/** What a row stores of a call. Headers hold credentials: they are made anew for every attempt. */
export interface StoredCall {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
  readonly contentType: string | null;
}

export interface ComposedCall {
  readonly stored: StoredCall;
  /** By name as written; the content type is in `stored`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Encodes a rendered call. */
export function composeCall({ method, url, headers, body }: RenderedCall): ComposedCall {
  const named = Object.entries(headers);
  const given = named.find(([name]) => isContentType(name))?.[1];
  const others = Object.fromEntries(named.filter(([name]) => !isContentType(name)));
  if (body === undefined)
    return { stored: { method, url, body: null, contentType: given ?? null }, headers: others };
  const encoded = encodeBody(body, given);
  return { stored: { method, url, ...encoded }, headers: others };
}

const isContentType = (name: string): boolean => name.toLowerCase() === 'content-type';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

function encodeBody(
  body: Json,
  contentType: string | undefined,
): Pick<StoredCall, 'body' | 'contentType'> {
  if (typeof body === 'string') {
    const type = isJson(body) ? JSON_TYPE : 'text/plain; charset=utf-8';
    return { body, contentType: contentType ?? type };
  }
  if (contentType?.toLowerCase().startsWith(FORM_TYPE) && isFlat(body))
    return { body: formOf(body), contentType };
  return { body: JSON.stringify(body), contentType: contentType ?? JSON_TYPE };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isFlat(body: Json): body is JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/** Lists repeat their name; what is nested deeper goes as JSON. */
function formOf(body: JsonObject): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (item === null) continue;
      form.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item));
    }
  }
  return form.toString();
}

/** The hash of a stored call; the same however a database orders its keys. */
export function callHash({ method, url, body, contentType }: StoredCall): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, body, contentType]))
    .digest('hex');
}

/** The call that a row stores. Throws when it is not the one that was claimed. */
export function storedCall(row: {
  readonly effectKey: string;
  readonly request: unknown;
  readonly requestHash: string | null;
}): StoredCall {
  const call = row.request as StoredCall | null;
  if (call !== null && callHash(call) === row.requestHash) return call;
  throw new Error(`The stored call of effect ${row.effectKey} differs from the one claimed.`);
}
