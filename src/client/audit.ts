/** Who did what. */
import type { Transport } from './transport';
import type { AuditEntry, List, Page } from './types';

export function auditCalls(call: Transport) {
  return {
    /** The newest first; or what was done to one subject, by its id (of a variable: its name). */
    list: (query: Page & { subjectId?: string } = {}) =>
      call<List<AuditEntry>>({ method: 'GET', path: '/audit', query: { ...query } }),
  };
}
