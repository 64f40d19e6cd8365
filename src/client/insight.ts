/** What is asked about people and workflows: stories, eligibility, events, figures. */
import type { Transport } from './transport';
import type {
  Eligibility,
  EnrollmentState,
  EventCounts,
  EventFilter,
  List,
  Page,
  RecordedEvent,
  Story,
  WorkflowStats,
} from './types';

/** About one contact. */
export function personCalls(call: Transport) {
  const get = <T>(id: string, what: string, query: object = {}) =>
    call<T>({
      method: 'GET',
      path: `/contacts/${encodeURIComponent(id)}/${what}`,
      query: { ...query },
    });
  return {
    /** Why she did (not) get something, in sentences: in one workflow, or in all. */
    explain: (id: string, query: { workflow?: string } = {}) => get<Story>(id, 'explain', query),
    /** Her enrollments, the newest first. */
    enrollments: (id: string, page: Page = {}) =>
      get<List<EnrollmentState>>(id, 'enrollments', page),
    /** Her events, the latest received first. */
    events: (id: string, page: Page = {}) => get<List<RecordedEvent>>(id, 'events', page),
  };
}

/** About one workflow. */
export function figureCalls(call: Transport) {
  const at = (idOrKey: string) => `/workflows/${encodeURIComponent(idOrKey)}`;
  return {
    /** What would happen if a contact entered now; nothing does. */
    eligibility: (idOrKey: string, query: { contactId: string; key?: string }) =>
      call<Eligibility>({
        method: 'GET',
        path: `${at(idOrKey)}/eligibility`,
        query: { ...query },
      }),
    /** Its figures: people, rates, durations, nodes, variants. */
    stats: (idOrKey: string, query: { version?: number } = {}) =>
      call<WorkflowStats>({ method: 'GET', path: `${at(idOrKey)}/stats`, query: { ...query } }),
  };
}

/** Events that were recorded. */
export function eventCalls(call: Transport) {
  return {
    /** The latest received first. */
    list: (query: Page & EventFilter = {}) =>
      call<List<RecordedEvent>>({ method: 'GET', path: '/events', query: { ...query } }),
    /** How many there are of each type. */
    counts: (query: EventFilter = {}) =>
      call<EventCounts>({ method: 'GET', path: '/events/counts', query: { ...query } }),
  };
}
