import { auditCalls } from './audit';
import { canaryCalls } from './canary';
import { definitionCalls, ifMatch } from './definitions';
import { EnrollmentHandle } from './enrollment';
import { ThroughlineError } from './error';
import { eventCalls, figureCalls, personCalls } from './insight';
import { crowdCalls, jobCalls } from './jobs';
import { keyCalls } from './keys';
import { libraryCalls } from './library';
import { listCalls } from './lists';
import { steeringCalls } from './steering';
import { suppressionCalls } from './suppressions';
import { variableCalls } from './variables';
import { templateCalls } from './templates';
import { createTransport, type Transport, type TransportOptions } from './transport';
import { trialCalls } from './trials';
import type {
  ActivateInput,
  Contact,
  ContactInput,
  ContactPatch,
  DefinitionDiff,
  Enrolled,
  EnrollInput,
  EnrollmentState,
  EnrollmentStatus,
  EventInput,
  EventsAccepted,
  ImportInput,
  List,
  Message,
  Page,
  PauseWorkflowInput,
  Revision,
  RevertInput,
  Step,
  StuckEnrollment,
  StuckReason,
  Version,
  VersionWithDefinition,
  Workflow,
} from './types';

export type { ClientErrorCode, ThroughlineIssue } from './error';
export { ThroughlineError };
export type { EnrollmentHandle } from './enrollment';
export type * from './types';

/** Alike in every call: fails with a `ThroughlineError`; tries again by itself what may pass. */
export class ThroughlineClient {
  readonly contacts: ContactCalls;
  readonly workflows: WorkflowCalls;
  readonly enrollments: EnrollmentCalls;
  readonly jobs: ReturnType<typeof jobCalls>;
  /** Events that were recorded; `event` and `events` report some. */
  readonly recorded: ReturnType<typeof eventCalls>;
  readonly suppressions: ReturnType<typeof suppressionCalls>;
  readonly keys: ReturnType<typeof keyCalls>;
  readonly lists: ReturnType<typeof listCalls>;
  /** Those of the workspace. */
  readonly variables: ReturnType<typeof variableCalls>;
  readonly templates: ReturnType<typeof templateCalls>;
  readonly library: ReturnType<typeof libraryCalls>;
  readonly audit: ReturnType<typeof auditCalls>;
  readonly #call: Transport;

  private constructor(call: Transport) {
    this.#call = call;
    this.contacts = contactCalls(call);
    this.workflows = workflowCalls(call);
    this.enrollments = enrollmentCalls(call);
    this.jobs = jobCalls(call);
    this.recorded = eventCalls(call);
    this.suppressions = suppressionCalls(call);
    this.keys = keyCalls(call);
    this.lists = listCalls(call);
    this.variables = variableCalls(call);
    this.templates = templateCalls(call);
    this.library = libraryCalls(call);
    this.audit = auditCalls(call);
  }

  /** A client for one key. Proves that the API answers and takes the key, else fails. */
  static async connect(options: TransportOptions): Promise<ThroughlineClient> {
    const call = createTransport(options);
    // A key that may not read workflows is a key all the same.
    await call({ method: 'GET', path: '/workflows', query: { limit: 1 } }).catch(
      unless('auth.forbidden'),
    );
    return new ThroughlineClient(call);
  }

  /** Lets a contact enter a workflow. Resolves when the enrollment is stored. */
  async enroll(workflowKeyOrId: string, input: EnrollInput): Promise<EnrollmentHandle> {
    const path = `/workflows/${encodeURIComponent(workflowKeyOrId)}/enrollments`;
    return new EnrollmentHandle(
      this.#call,
      await this.#call<Enrolled>({ method: 'POST', path, body: input }),
    );
  }

  /**
   * Reports one event. Give it an `id` if it may be reported twice by separate calls. Fails with the code of the
   * rejection where it is not taken: `contact.not_found` for somebody unknown.
   */
  async event(event: EventInput): Promise<EventsAccepted> {
    const answer = await this.events([event]);
    const [rejection] = answer.results ?? [];
    if (rejection !== undefined) throw new ThroughlineError(rejection);
    return answer;
  }

  /** Reports up to 1,000 events. What is rejected stops no other one and fails nothing: look at `results`. */
  async events(events: readonly EventInput[]): Promise<EventsAccepted> {
    return this.#call({ method: 'POST', path: '/events', body: events });
  }
}

/** Takes a refusal with this code for an answer. */
function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ThroughlineError && error.code === code)) throw error;
  };
}

function contactCalls(call: Transport) {
  return {
    ...personCalls(call),
    /** Creates a contact, or changes the one that the identifiers name. */
    upsert: (input: ContactInput) =>
      call<Contact>({ method: 'POST', path: '/contacts', body: input }),
    get: (id: string) =>
      call<Contact>({ method: 'GET', path: `/contacts/${encodeURIComponent(id)}` }),
    /** Changes the fields that are given; null clears one. */
    change: (id: string, patch: ContactPatch) =>
      call<Contact>({ method: 'PATCH', path: `/contacts/${encodeURIComponent(id)}`, body: patch }),
    /** All, the newest first; or who has this address or id of yours. */
    list: (page: Page & { email?: string; externalId?: string } = {}) =>
      call<List<Contact>>({ method: 'GET', path: '/contacts', query: { ...page } }),
    /** Erases a person for good. Resolves also when there is nobody under this id (any more). */
    erase: async (id: string): Promise<void> => {
      const erasing = call({ method: 'DELETE', path: `/contacts/${encodeURIComponent(id)}` });
      await erasing.catch(unless('contact.not_found'));
    },
  };
}
type ContactCalls = ReturnType<typeof contactCalls>;

function workflowCalls(call: Transport) {
  const at = (idOrKey: string) => `/workflows/${encodeURIComponent(idOrKey)}`;
  return {
    ...crowdCalls(call),
    ...canaryCalls(call),
    ...figureCalls(call),
    ...definitionCalls(call),
    ...trialCalls(call),
    /** Stores a definition, an object or a text in YAML, as the draft of a new workflow. */
    create: (definition: ImportInput) =>
      call<Workflow>({ method: 'POST', path: '/workflows', body: definition }),
    /**
     * Publishes the draft: people enter this version from now on, or with `canary` a share of them. With the
     * `revision` that was read, that draft and no other.
     */
    activate: (idOrKey: string, input: ActivateInput = {}, read?: Revision) =>
      call<Workflow>({
        method: 'POST',
        path: `${at(idOrKey)}/activate`,
        body: input,
        headers: ifMatch(read),
      }),
    /** Lets nobody enter, and holds everybody inside at her next node, until it is activated again. */
    pause: (idOrKey: string, input: PauseWorkflowInput = {}) =>
      call<Workflow>({ method: 'POST', path: `${at(idOrKey)}/pause`, body: input }),
    get: (idOrKey: string) => call<Workflow>({ method: 'GET', path: at(idOrKey) }),
    list: (page: Page = {}) =>
      call<List<Workflow>>({ method: 'GET', path: '/workflows', query: { ...page } }),
    /** Its published versions, the newest first. */
    versions: (idOrKey: string, page: Page = {}) =>
      call<List<Version>>({ method: 'GET', path: `${at(idOrKey)}/versions`, query: { ...page } }),
    /** One of them, with its definition. */
    version: (idOrKey: string, version: number) =>
      call<VersionWithDefinition>({ method: 'GET', path: `${at(idOrKey)}/versions/${version}` }),
    /** What changes from one version to another; from the active one to the draft unless told. */
    diff: (
      idOrKey: string,
      { from, to }: { from?: number | 'draft' | undefined; to?: number | 'draft' | undefined } = {},
    ) =>
      call<DefinitionDiff>({
        method: 'GET',
        path: `${at(idOrKey)}/versions/diff`,
        query: { from, to },
      }),
    /** Publishes an earlier version again, as a new one; it becomes the draft too. */
    revert: (idOrKey: string, version: number, input: RevertInput = {}, read?: Revision) =>
      call<Workflow>({
        method: 'POST',
        path: `${at(idOrKey)}/versions/${version}/revert`,
        body: input,
        headers: ifMatch(read),
      }),
  };
}
type WorkflowCalls = ReturnType<typeof workflowCalls>;

function enrollmentCalls(call: Transport) {
  return {
    ...steeringCalls(call),
    /** An enrollment, at once or when it ends within `waitSeconds` (at most 30). */
    get: (id: string, { waitSeconds }: { waitSeconds?: number } = {}) =>
      call<EnrollmentState>({
        method: 'GET',
        path: `/enrollments/${encodeURIComponent(id)}`,
        query: { waitSeconds },
        ...(waitSeconds === undefined ? {} : { timeoutMs: (waitSeconds + 15) * 1_000 }),
      }),
    /** Enrollments of a workflow, the newest first. */
    list: (
      workflowKeyOrId: string,
      query: Page & {
        status?: EnrollmentStatus | undefined;
        version?: number | undefined;
        nodeId?: string | undefined;
      } = {},
    ) =>
      call<List<EnrollmentState>>({
        method: 'GET',
        path: `/workflows/${encodeURIComponent(workflowKeyOrId)}/enrollments`,
        query: { ...query },
      }),
    /** Those who should have moved on by now, the newest first. */
    stuck: (query: Page & { reason?: StuckReason } = {}) =>
      call<List<StuckEnrollment>>({
        method: 'GET',
        path: '/enrollments/stuck',
        query: { ...query },
      }),
    steps: (id: string, page: Page = {}) =>
      call<List<Step>>({
        method: 'GET',
        path: `/enrollments/${encodeURIComponent(id)}/steps`,
        query: { ...page },
      }),
    /** What was to go out, the newest first: of one enrollment or contact, or what nobody knows the fate of. */
    messages: (
      query: Page & {
        enrollmentId?: string;
        contactId?: string;
        status?: Message['status'];
      } = {},
    ) => call<List<Message>>({ method: 'GET', path: '/messages', query: { ...query } }),
    /** One message by its id, as `messages`, stories and steps name it. */
    message: (id: string) =>
      call<Message>({ method: 'GET', path: `/messages/${encodeURIComponent(id)}` }),
  };
}
type EnrollmentCalls = ReturnType<typeof enrollmentCalls>;
