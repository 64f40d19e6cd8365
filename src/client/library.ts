/** Journeys that come with Throughline, to read and to begin with. */
import type { Transport } from './transport';
import type { LibraryJourney, LibraryStart, List, Page, Workflow } from './types';

export function libraryCalls(call: Transport) {
  const at = (key: string) => `/library/${encodeURIComponent(key)}`;
  return {
    /** By key. */
    list: (page: Page = {}) =>
      call<List<LibraryJourney>>({ method: 'GET', path: '/library', query: { ...page } }),
    /** The definition as the text of a file, with its comments and tests. */
    get: (key: string) => call<string>({ method: 'GET', path: at(key), isText: true }),
    /** Stores it as the draft of a new workflow, under a key and a name of your own if you like. */
    instantiate: (key: string, input: LibraryStart = {}) =>
      call<Workflow>({ method: 'POST', path: `${at(key)}/instantiate`, body: input }),
  };
}
