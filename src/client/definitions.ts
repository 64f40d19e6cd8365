/** Workflows as definitions: changed, imported, exported and taken out of use. */
import type { Transport } from './transport';
import type { ExportOptions, ImportInput, Revision, Workflow } from './types';

/** The header that lets a call pass for the draft that was read alone. */
export const ifMatch = ({ revision }: Revision = {}): Record<string, string> =>
  revision === undefined ? {} : { 'If-Match': `"${revision}"` };

export function definitionCalls(call: Transport) {
  const at = (idOrKey: string) => `/workflows/${encodeURIComponent(idOrKey)}`;
  return {
    /**
     * Replaces the given parts of the draft; null removes one. With the `revision` that was read it fails with
     * `workflow.draft_changed` when somebody else was faster.
     */
    change: (idOrKey: string, parts: object, read?: Revision) =>
      call<Workflow>({ method: 'PATCH', path: at(idOrKey), body: parts, headers: ifMatch(read) }),
    /** Stores a definition, an object or a text in YAML, as the draft of the workflow with its key, or of a new one. */
    import: (definition: ImportInput, read?: Revision) =>
      call<Workflow>({
        method: 'POST',
        path: '/workflows/import',
        body: definition,
        headers: ifMatch(read),
      }),
    /** The draft as the text of a file. */
    export: (idOrKey: string, options: ExportOptions = {}) =>
      call<string>({
        method: 'GET',
        path: `${at(idOrKey)}/export`,
        query: { ...options },
        isText: true,
      }),
    /** Lets nobody enter any more, for good; people inside go on. */
    archive: (idOrKey: string) =>
      call<Workflow>({ method: 'POST', path: `${at(idOrKey)}/archive`, body: {} }),
    /** Deletes it; refused with `workflow.in_use` while somebody is inside. Returns what it was; its key stays taken. */
    remove: (idOrKey: string, read?: Revision) =>
      call<Workflow>({ method: 'DELETE', path: at(idOrKey), headers: ifMatch(read) }),
  };
}
