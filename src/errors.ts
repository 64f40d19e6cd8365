/**
 * Every code that Throughline answers with, in one table. Codes are stable: programs branch on them,
 * so one is added or retired, never renamed. `docs/errors.md` is generated from this table.
 *
 * A code is met in one of three places: as `code` of a problem (with `status`), as `code` of one of a
 * problem's `issues`, or as `code` of a failed step or enrollment.
 */
export const ERRORS = {
  'request.unparsable': { status: 400, title: 'The request cannot be read' },
  'request.invalid': { status: 422, title: 'The request is not valid' },
  'request.too_large': { status: 413, title: 'The request body is too large' },
  'request.unsupported_media_type': {
    status: 415,
    title: 'The body has an unsupported content type',
  },
  'request.idempotency_mismatch': {
    status: 422,
    title: 'The idempotency key was used for another request',
  },
  'request.in_progress': {
    status: 409,
    title: 'A request with this idempotency key is still running',
  },
  'request.rate_limited': { status: 429, title: 'The API key asks too often' },
  'request.unknown_field': { status: 422, title: 'A field that does not exist' },
  'request.wrong_type': { status: 422, title: 'A value of the wrong type' },
  'request.wrong_value': { status: 422, title: 'A value that is not allowed' },
  'request.missing_field': { status: 422, title: 'A required field is missing' },
  'request.forbidden_key': { status: 422, title: 'A key that is never accepted' },
  'request.forbidden_character': { status: 422, title: 'Text that cannot be stored' },
  'request.too_deep': { status: 422, title: 'Values nested too deeply' },
  'route.not_found': { status: 404, title: 'There is no such address' },
  'route.method_not_allowed': { status: 405, title: 'The address does not answer this method' },
  'auth.missing': { status: 401, title: 'An API key is required' },
  'auth.invalid': { status: 401, title: 'The API key is not valid' },
  'auth.rate_limited': { status: 429, title: 'Too many API keys that are not valid' },
  'auth.forbidden': { status: 403, title: 'The API key may not do this' },
  'contact.not_found': { status: 404, title: 'There is no such contact' },
  'contact.conflict': { status: 409, title: 'The identifiers belong to different contacts' },
  'message.not_found': { status: 404, title: 'There is no such message' },
  'template.not_found': { status: 404, title: 'There is no such template' },
  'template.test_not_found': { status: 404, title: 'The template has no such test mail' },
  'template.key_taken': { status: 409, title: 'Another template has this key' },
  'template.changed': { status: 412, title: 'The template has changed since it was read' },
  'template.in_use': { status: 409, title: 'A workflow uses the template' },
  'suppression.not_found': { status: 404, title: 'There is no such suppression' },
  'key.not_found': { status: 404, title: 'There is no such API key' },
  'key.ended': { status: 409, title: 'The API key has ended or was replaced' },
  'key.last_admin': { status: 409, title: 'The last admin key of the workspace' },
  'list.not_found': { status: 404, title: 'There is no such list' },
  'list.key_taken': { status: 409, title: 'Another list has this key' },
  'variable.not_found': { status: 404, title: 'There is no such variable' },
  'journey.not_found': { status: 404, title: 'The library has no such journey' },
  'workflow.not_found': { status: 404, title: 'There is no such workflow' },
  'workflow.key_taken': { status: 409, title: 'Another workflow has this key' },
  'workflow.version_not_found': { status: 404, title: 'The workflow has no such version' },
  'workflow.draft_changed': { status: 412, title: 'The draft has changed since it was read' },
  'workflow.not_active': { status: 409, title: 'The workflow is not active' },
  'workflow.tests_failed': { status: 409, title: 'Tests of the definition fail' },
  'simulation.too_long': { status: 422, title: 'The dry run takes too long' },
  'workflow.archived': { status: 409, title: 'The workflow is archived' },
  'workflow.in_use': { status: 409, title: 'People are under way in the workflow' },
  'canary.not_found': { status: 404, title: 'The workflow never had a canary' },
  'canary.running': { status: 409, title: 'A canary of the workflow runs' },
  'canary.ended': { status: 409, title: 'The canary is over' },
  'canary.no_difference': { status: 409, title: 'The draft says what the active version says' },
  'canary.entry_differs': { status: 409, title: 'A canary that would let in other people' },
  'job.not_found': { status: 404, title: 'There is no such job' },
  'job.ended': { status: 409, title: 'The job is over' },
  'migration.plan_changed': { status: 409, title: 'The plan no longer fits' },
  'enrollment.not_found': { status: 404, title: 'There is no such enrollment' },
  'enrollment.blocked': { status: 409, title: 'The contact may not enter the workflow' },
  'command.refused': { status: 409, title: 'The enrollment does not take the command' },
  'enrollment.bad_key': { status: 409, title: 'A key that is empty or too long' },
  'enrollment.execution_failed': { status: 409, title: 'Its Temporal workflow failed' },
  'enrollment.execution_timed_out': { status: 409, title: 'Its Temporal workflow timed out' },
  'enrollment.execution_lost': { status: 409, title: 'Its Temporal workflow is gone' },
  'enrollment.execution_unrecorded': {
    status: 409,
    title: 'Its Temporal workflow completed without recording how',
  },
  'event.rejected': { status: 422, title: 'The event was not accepted' },
  'definition.invalid': { status: 422, title: 'The definition is not valid' },
  'definition.unparsable': { status: 422, title: 'The text is not YAML or JSON' },
  'definition.duplicate_key': { status: 422, title: 'A key that is given twice' },
  'definition.unsupported': { status: 422, title: 'Something that cannot be used here' },
  'definition.unknown_event': { status: 422, title: 'An event name that is near a known one' },
  'definition.unknown_field': { status: 422, title: 'A field that does not exist' },
  'definition.wrong_type': { status: 422, title: 'A value of the wrong type' },
  'definition.wrong_value': { status: 422, title: 'A value that is not allowed' },
  'definition.missing_field': { status: 422, title: 'A required field is missing' },
  'definition.forbidden_key': { status: 422, title: 'A key that is never accepted' },
  'definition.forbidden_character': { status: 422, title: 'Text that cannot be stored' },
  'definition.too_deep': { status: 422, title: 'Values nested too deeply' },
  'definition.too_large': { status: 422, title: 'The definition is too large' },
  'definition.too_many_nodes': { status: 422, title: 'Too many nodes' },
  'definition.unknown_node_type': { status: 422, title: 'A node type that does not exist' },
  'definition.duplicate_id': { status: 422, title: 'An id that is used twice' },
  'definition.reserved_id': { status: 422, title: 'A reserved node id' },
  'definition.dangling_edge': {
    status: 422,
    title: 'An edge to or from a node that does not exist',
  },
  'definition.duplicate_edge': { status: 422, title: 'Two edges from one port' },
  'definition.unknown_port': {
    status: 422,
    title: 'An edge from a port that the node does not have',
  },
  'definition.unconnected_port': { status: 422, title: 'A port without an edge' },
  'definition.unreachable_node': { status: 422, title: 'A node that no path reaches' },
  'definition.unknown_node': { status: 422, title: 'A reference to a node that does not exist' },
  'definition.bad_template': { status: 422, title: 'A template that cannot be read' },
  'definition.bad_pattern': { status: 422, title: 'A pattern that is not valid' },
  'definition.cycle_without_wait': { status: 422, title: 'A cycle without a wait that takes time' },
  'definition.ignored_field': { status: 422, title: 'A field that is ignored on input' },
  'step.visit_limit': { status: 409, title: 'A node was visited too often' },
  'step.failed': { status: 409, title: 'A step failed' },
  'effect.unknown': { status: 409, title: 'Whether an effect happened is not known' },
  'effect.timed_out': { status: 409, title: 'An effect was tried until its time was over' },
  'effect.superseded': { status: 409, title: 'A later attempt has taken the effect over' },
  'http.invalid_url': { status: 409, title: 'An address that cannot be called' },
  'http.blocked_address': { status: 409, title: 'An address that may not be reached' },
  'http.header_refused': { status: 409, title: 'A header that cannot or may not be sent' },
  'http.unresolved': { status: 409, title: 'A host whose address could not be found' },
  'http.refused': { status: 409, title: 'A host that could not be connected to' },
  'http.tls_failed': { status: 409, title: 'A host that no secure connection could be made to' },
  'http.timeout': { status: 409, title: 'A call that was not answered in time' },
  'http.interrupted': { status: 409, title: 'A call whose connection broke before its answer' },
  'http.unreadable': {
    status: 409,
    title: 'A call that was answered by something that is no HTTP',
  },
  'http.too_large': { status: 409, title: 'An answer that is larger than may be kept' },
  'http.retry_later': { status: 409, title: 'A receiver that asks to be called later' },
  'http.status_3xx': { status: 409, title: 'A call that was answered with a redirect' },
  'http.status_4xx': { status: 409, title: 'A call that the receiver refused' },
  'http.status_5xx': { status: 409, title: 'A call that the receiver failed to answer' },
  'webhook.bad_secret': { status: 409, title: 'A secret that signs nothing safely' },
  'email.refused': { status: 409, title: 'The mail server refused the mail for good' },
  'email.refused_retryable': { status: 409, title: 'The mail server refused the mail for now' },
  'email.unknown': { status: 409, title: 'Whether the mail was accepted is not known' },
  'email.in_doubt': { status: 409, title: 'An earlier attempt may still hand the mail over' },
  'email.look_up_failed': { status: 409, title: 'The mail server could not be asked for the mail' },
  'email.superseded': { status: 409, title: 'A later attempt has taken the mail over' },
  'email.header_refused': { status: 409, title: 'A line break in a header of the mail' },
  'email.invalid_address': { status: 409, title: 'An address that is not one plain address' },
  'template.failed': { status: 409, title: 'A template that cannot be rendered' },
  'template.limit': { status: 409, title: 'A template that takes too long to render' },
  'service.unavailable': { status: 503, title: 'A part of the service is not available' },
  'internal.error': { status: 500, title: 'Something went wrong inside Throughline' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** What follows the dot in codes that exist for definitions and for requests alike. */
export type SharedIssueName = {
  [C in ErrorCode]: C extends `request.${infer N}`
    ? `definition.${N}` extends ErrorCode
      ? N
      : never
    : never;
}[ErrorCode];

/** One thing that is wrong with an input, in the words of whoever wrote the input. */
export interface Issue {
  /** Those of definitions are in src/language/issue-codes.ts. */
  code: ErrorCode | `definition.${string}`;
  /** `nodes[2].data.for`; the empty text means the whole input. */
  path: string;
  message: string;
  line?: number;
  column?: number;
  /** What was probably meant, ready to be typed in its place. */
  suggestion?: string;
}

/** Further members of a problem, such as `reason`; `issues` is its own member. */
export interface ErrorExtra {
  readonly issues?: readonly Issue[];
  readonly [member: string]: unknown;
}

/** An expected failure that the caller can act on. Anything else thrown is an `internal.error`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly extra?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, extra: ErrorExtra = {}) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.status = ERRORS[code].status;
    this.detail = detail;
    const { issues, ...members } = extra;
    if (issues !== undefined) this.issues = issues;
    if (Object.keys(members).length > 0) this.extra = members;
  }
}

/**
 * Builds the error for a code; throw what it returns.
 * `detail` says what was wrong, where, and what to do about it.
 */
export function fail(code: ErrorCode, detail: string, extra?: ErrorExtra): AppError {
  return new AppError(code, detail, extra);
}
