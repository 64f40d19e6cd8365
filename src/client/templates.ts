/** Templates of mails, by their ids or keys. */
import { ifMatch } from './definitions';
import type { Transport } from './transport';
import type {
  List,
  Page,
  Revision,
  Template,
  TemplateContent,
  TemplateInput,
  TemplatePreview,
  TemplatePreviewInput,
  TemplateSummary,
  TestMail,
  TestMailInput,
} from './types';

export function templateCalls(call: Transport) {
  const at = (idOrKey: string) => `/templates/${encodeURIComponent(idOrKey)}`;
  return {
    create: (input: TemplateInput) =>
      call<Template>({ method: 'POST', path: '/templates', body: input }),
    /** What it says, or said at an earlier version. */
    get: (idOrKey: string, { version }: { version?: number } = {}) =>
      call<Template>({ method: 'GET', path: at(idOrKey), query: { version } }),
    /** Without their bodies, the newest first. */
    list: (page: Page = {}) =>
      call<List<TemplateSummary>>({ method: 'GET', path: '/templates', query: { ...page } }),
    /** Makes this the next version. With the version that was read as `revision`, of that one and no other. */
    replace: (idOrKey: string, content: TemplateContent, read?: Revision) =>
      call<Template>({ method: 'PUT', path: at(idOrKey), body: content, headers: ifMatch(read) }),
    /** Deletes it; refused while a workflow sends it. Returns what it said. */
    remove: (idOrKey: string, read?: Revision) =>
      call<Template>({ method: 'DELETE', path: at(idOrKey), headers: ifMatch(read) }),
    /** What a mail would say, and which names have no value. */
    preview: (idOrKey: string, input: TemplatePreviewInput = {}) =>
      call<TemplatePreview>({ method: 'POST', path: `${at(idOrKey)}/preview`, body: input }),
    /** Sends a mail to somebody who wants to see it. Resolves when it is stored; `trial` tells what became of it. */
    test: (idOrKey: string, input: TestMailInput) =>
      call<TestMail>({ method: 'POST', path: `${at(idOrKey)}/test`, body: input }),
    trial: (idOrKey: string, testMailId: string) =>
      call<TestMail>({
        method: 'GET',
        path: `${at(idOrKey)}/tests/${encodeURIComponent(testMailId)}`,
      }),
  };
}
