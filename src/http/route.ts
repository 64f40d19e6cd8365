/**
 * A route as data: its address, schemas and handler in one place, from which requests are checked,
 * the OpenAPI document is written and the client is typed.
 */
import type { z } from 'zod';
import type { Tx } from '../db/client';
import type { KeyIdentity } from '../db/api-keys';
import type { AppError, ErrorCode } from '../errors';
import type { HttpDeps } from './deps';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a key must be allowed: a noun and whether it is read or written. */
export type Scope = `${(typeof SCOPE_NOUNS)[number]}:${'read' | 'write'}`;

export const SCOPE_NOUNS = [
  'contacts',
  'workflows',
  'enrollments',
  'events',
  'audit',
  'api-keys',
] as const;

export interface Answer {
  readonly status: number;
  /** Sent as JSON; a text that comes with a content type of its own is sent as it is. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the same request is answered when it comes again under its Idempotency-Key: for what is shown only once. */
  readonly repeatedBody?: unknown;
  /**
   * Runs after the commit, before the answer is sent, and may improve it. It may fail or be skipped
   * (a replayed answer): whatever has to happen belongs into the transaction.
   */
  readonly afterCommit?: () => Promise<Answer | AppError>;
}

/** One checked request. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly key: KeyIdentity;
  readonly deps: HttpDeps;
  /** A request header, by its name in any case. */
  header(name: string): string | undefined;
  /** Aborts when the caller has gone away. */
  readonly signal: AbortSignal;
  /** A transaction in the workspace of the key. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

interface RouteBase {
  readonly method: Method;
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  readonly answers: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly schema: z.ZodType;
        /** Whether it may come as YAML too, or only so. */
        readonly yaml?: true | 'only';
      }
    >
  >;
  /** Codes of problems beyond those that every route has. */
  readonly problems?: readonly ErrorCode[];
  /** Bytes; 100 kB unless told. */
  readonly maxBody?: number;
  /** Whether the body is a definition, whose own parser judges it; it is a text then, if one was sent. */
  readonly bodyIsDefinition?: boolean;
  /** Whether the body may come as YAML. */
  readonly acceptsYaml?: boolean;
  /** Whether the body may be a CSV file, which is then its field `csv`. */
  readonly acceptsCsv?: boolean;
}

interface Schemas<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
}

/** A route that only reads; it opens its own transactions. */
export interface ReadRoute<P extends z.ZodObject, Q extends z.ZodObject>
  extends RouteBase,
    Schemas<P, Q, z.ZodType> {
  readonly method: 'get';
  readonly handle: (call: Call<z.output<P>, z.output<Q>, undefined>) => Promise<Answer>;
}

/**
 * A route that writes, wholly in the transaction it is given: so an Idempotency-Key, the change and
 * the stored answer commit together, and it may be run again after a deadlock. An AppError that is
 * returned (not thrown) is answered after the commit, for refusals that leave a trace.
 */
export interface WriteRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends RouteBase,
    Schemas<P, Q, B> {
  readonly method: Exclude<Method, 'get'>;
  readonly write: (
    tx: Tx,
    call: Call<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<Answer | AppError>;
}

type AnyRead = ReadRoute<z.ZodObject, z.ZodObject>;
type AnyWrite = WriteRoute<z.ZodObject, z.ZodObject, z.ZodType>;

/** A route whose types are forgotten; its schemas vouch for what its handler gets. */
export type Route = AnyRead | AnyWrite;

export function readRoute<P extends z.ZodObject, Q extends z.ZodObject>(
  route: ReadRoute<P, Q>,
): Route {
  return route as unknown as Route;
}

export function writeRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  route: WriteRoute<P, Q, B>,
): Route {
  return route as unknown as Route;
}
