import { z } from 'zod';
import { channelProblem } from '../consent';
import { contactEvents } from '../contact-events';
import { UPDATABLE_FIELDS, updated } from '../contact-update';
import type { ContactFacts, Evaluators, Facts } from '../facts';
import type { Json, JsonObject } from '../json';
import { json } from '../json-value';
import { defineNodeType } from '../node-type';
import { needNumber, numberValue, templatesIn } from '../value';
import type { ContactUpdate } from '../writes';

const MOST_FIELDS = 50;

/** Parts of a contact that are no fields to write, and what writes them. */
const OTHERS: Readonly<Record<string, string>> = {
  id: 'The id of a contact never changes.',
  lists: 'Lists have nodes of their own: add_to_list and remove_from_list.',
  segments: 'Segments follow from what is known about the contact; nothing writes them.',
};

const LONGEST_PATH = 200;

/** Why nothing can be written there, or null. */
function pathProblem(path: string): string | null {
  const [first = '', ...rest] = path.replace(/^contact\./, '').split('.');
  if ([first, ...rest].includes('')) return 'Names in a path cannot be empty.';
  if (path.length > LONGEST_PATH) return `A path has ${LONGEST_PATH} characters at most.`;
  if (Object.hasOwn(OTHERS, first)) return OTHERS[first] ?? null;
  if (first === 'consent') return channelProblem(rest);
  if (rest.length > 0 && UPDATABLE_FIELDS.includes(first))
    return `"${first}" has nothing inside it.`;
  return null;
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void;
}

/** Reports each path where nothing can be written, at its place. */
function checkPaths(paths: readonly (readonly [at: string | number, path: string])[], to: Issues) {
  const message = `At most ${MOST_FIELDS} fields at once.`;
  if (paths.length > MOST_FIELDS) to.addIssue({ code: 'custom', path: [], message });
  for (const [at, path] of paths) {
    const problem = pathProblem(path);
    if (problem !== null) to.addIssue({ code: 'custom', path: [at], message: problem });
  }
}

const fields = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string(), value)
    .superRefine((given, context) =>
      checkPaths(
        Object.keys(given).map((path) => [path, path]),
        context,
      ),
    )
    .optional();

const config = z
  .strictObject({
    set: fields(json).describe('Fields and the values they take; null empties one.'),
    append: fields(json).describe('Lists and what is put at their ends: one value, or several.'),
    increment: fields(numberValue).describe('Numbers and what is added to them.'),
    unset: z
      .array(z.string())
      .superRefine((paths, context) => checkPaths([...paths.entries()], context))
      .optional()
      .describe('Fields to empty.'),
  })
  .refine(
    ({ unset = [], ...given }) =>
      unset.length > 0 || Object.values(given).some((part) => Object.keys(part ?? {}).length > 0),
    'Name a field in "set", "append", "increment" or "unset".',
  );

export const updateContact = defineNodeType({
  type: 'update_contact',
  kind: 'decision',
  summary: 'Changes fields of the contact.',
  description:
    'A path is a contact field (`firstName`, `timeZone`, `score`, `consent.email`, …), else an attribute; dots lead into objects. Values may be Liquid texts. `append` and `increment` begin with an empty list and with 0 where nothing is there; what does not fit its field fails the node and changes nothing. Each field really changed is a `contact.field_changed` event.',
  config,
  ports: ['next'],
  examples: [
    {
      title: 'What the form said',
      data: { set: { plan: 'pro', 'address.city': '{{ event.city | default: "Bonn" }}' } },
      takes: 'next',
    },
    {
      title: 'Count, collect and forget',
      data: { increment: { orders: 1 }, append: { seen: 'offer-7' }, unset: ['cart'] },
      takes: 'next',
    },
  ],
  records: () => ['contact.updated', 'contact.field_changed', 'contact.score_changed'],
  templates: templatesIn,
  async decide(given, facts, evaluators) {
    const update = await rendered(given, facts, evaluators);
    const changed = changedFields(facts.contact, updated(facts.contact, update));
    return {
      port: 'next',
      reason:
        changed.length === 0
          ? { code: 'contact.unchanged', detail: 'everything was so already' }
          : { code: 'contact.updated', detail: `changed ${changed.join(', ')}` },
      output: { changed },
      writes: [{ kind: 'update_contact', update }],
    };
  },
});

async function rendered(
  { set = {}, append = {}, increment = {}, unset = [] }: z.infer<typeof config>,
  facts: Facts,
  { value }: Evaluators,
): Promise<ContactUpdate> {
  const amounts = Object.entries((await value(increment, facts)) as JsonObject).map(
    ([path, by]) => [path, needNumber('contact.update_refused', path, by)] as const,
  );
  return {
    set: (await value(set, facts)) as JsonObject,
    append: (await value(append, facts)) as JsonObject,
    increment: Object.fromEntries(amounts),
    unset,
  };
}

function changedFields(before: ContactFacts, after: ContactFacts): readonly string[] {
  const whole = contactEvents(before, after).find(({ type }) => type === 'contact.updated');
  const changed: Json = whole?.properties['changed'] ?? [];
  return changed as readonly string[];
}
