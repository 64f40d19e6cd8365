/** Lists by their id or key, and who is on them. */
import type { Transport } from './transport';
import type {
  ContactList,
  ContactListInput,
  CountedContactList,
  List,
  ListMember,
  MembersAdded,
  MembersInput,
  MembersRemoved,
  Page,
} from './types';

export function listCalls(call: Transport) {
  const at = (idOrKey: string) => `/lists/${encodeURIComponent(idOrKey)}`;
  return {
    create: (input: ContactListInput) =>
      call<ContactList>({ method: 'POST', path: '/lists', body: input }),
    /** With how many are on it. */
    get: (idOrKey: string) => call<CountedContactList>({ method: 'GET', path: at(idOrKey) }),
    /** The newest first. */
    list: (page: Page = {}) =>
      call<List<ContactList>>({ method: 'GET', path: '/lists', query: { ...page } }),
    /** Calls it otherwise; its key stays. */
    rename: (idOrKey: string, name: string) =>
      call<ContactList>({ method: 'PATCH', path: at(idOrKey), body: { name } }),
    /** Deletes it, without a `list.left` event for anybody. */
    remove: (idOrKey: string) => call<ContactList>({ method: 'DELETE', path: at(idOrKey) }),
    members: (idOrKey: string, page: Page = {}) =>
      call<List<ListMember>>({ method: 'GET', path: `${at(idOrKey)}/members`, query: { ...page } }),
    /** Puts up to 1,000 people on it. Who is not known is rejected alone, see `results`. */
    addMembers: (idOrKey: string, contacts: MembersInput) =>
      call<MembersAdded>({ method: 'POST', path: `${at(idOrKey)}/members`, body: { contacts } }),
    /** Takes up to 1,000 people off it. Who is not known is rejected alone, see `results`. */
    removeMembers: (idOrKey: string, contacts: MembersInput) =>
      call<MembersRemoved>({
        method: 'POST',
        path: `${at(idOrKey)}/members/remove`,
        body: { contacts },
      }),
  };
}
