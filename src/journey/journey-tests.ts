/** What a dry run is given and what a test inside a definition expects of it. */
import { z } from 'zod';
import { consentChange } from './consent';
import { duration } from './duration';
import type { Json, JsonObject } from './json';

const name = z.string().min(1).max(64);
const code = z.string().min(1).max(100);

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const object = z.record(z.string(), json) as z.ZodType<JsonObject>;

/** An instant, kept as text so that a test reads as it was written. */
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .describe('An instant such as 2026-03-27T08:00:00Z; a bare date is midnight UTC.');

const texts = z.array(z.string().min(1).max(200)).max(1_000);
const optionalText = z.string().max(500).nullable().optional();

/** A contact as a test or a script writes it; everything may be left out. */
export const contactState = z
  .strictObject({
    id: z
      .uuid()
      .optional()
      .describe('Her id; without one she is told apart by e-mail, else phone.'),
    externalId: optionalText.describe('Her id in another system.'),
    email: optionalText.describe('Her e-mail address.'),
    phone: optionalText.describe('Her number, as +491701234567.'),
    firstName: optionalText.describe('Her first name.'),
    lastName: optionalText.describe('Her last name.'),
    timeZone: optionalText.describe('Her zone, such as Europe/Berlin.'),
    attributes: object.optional().describe('Whatever else is known of her, by name.'),
    tags: texts.optional().describe('Her tags.'),
    score: z.number().optional().describe('Her score.'),
    lists: texts.optional().describe('Keys of the lists she is on.'),
    segments: texts.optional().describe('Keys of the segments she is in.'),
    consent: consentChange.optional(),
  })
  .describe('A contact.');

const happens = {
  after: duration.optional().describe('How long after the start; negative is history.'),
  at: instant.optional().describe('When; instead of `after`.'),
};

const eventEntry = z.strictObject({
  ...happens,
  id: z.string().max(200).optional().describe('Names the event; two with one id are one.'),
  type: z.string().min(1).max(100).describe('The event.'),
  properties: object.optional().describe('What the event tells, by name.'),
  node: name
    .optional()
    .describe('The node whose message the event is about; else the last one of that channel.'),
});

const changeEntry = z.strictObject({
  ...happens,
  contact: contactState.describe('The fields that change, with the events that a change emits.'),
});

export const scriptEntry = z
  .union([eventEntry, changeEntry])
  .refine(({ after, at }) => (after === undefined) !== (at === undefined), {
    message: 'Give either "after" or "at".',
  })
  .describe('Something that happens: an event, or a change of the contact.');

const mock = z
  .union([
    z.strictObject({ output: json.describe('What the call of the node answers.') }),
    z.strictObject({
      error: z
        .strictObject({
          code: code.describe('The code of the failure.'),
          message: z.string().max(500).optional().describe('What it says.'),
        })
        .describe('What every attempt of the node fails with.'),
    }),
  ])
  .describe('What a node does instead of what would leave the building.');

/** The world of a dry run, a contact aside. */
export const dryRunFields = {
  startAt: instant.optional().describe('When she enters; now when absent.'),
  variables: object.optional().describe('What whoever enrolls passes on, by name.'),
  trigger: z
    .strictObject({
      type: z.string().min(1).max(100).describe('The event.'),
      properties: object.optional().describe('What the event tells, by name.'),
    })
    .optional()
    .describe('The event that enrolls.'),
  events: z.array(scriptEntry).max(1_000).optional().describe('What happens, in any order.'),
  choose: z
    .record(name, name)
    .optional()
    .describe('Forces splits: node id or experiment key to port.'),
  mocks: z.record(name, mock).optional().describe('Answers by node id.'),
};

const expectedSend = z.strictObject({
  nodeId: name.describe('The node that sends.'),
  after: duration.optional().describe('How long after the start.'),
  at: instant.optional().describe('When; instead of `after`.'),
  to: z.string().max(500).optional().describe('The address it goes to.'),
  subject: z.string().max(1_000).optional().describe('Its subject.'),
});

/** Why somebody of whom nothing is stored is not let in. */
export const ENTRY_REASONS = ['no_trigger', 'trigger_filter', 'entry_condition'] as const;

export type EntryReason = (typeof ENTRY_REASONS)[number];

const expectedEntry = z
  .strictObject({
    allowed: z.boolean().describe('Whether she would be let in live; the run goes on either way.'),
    reason: z.enum(ENTRY_REASONS).optional().describe('Why she would not.'),
  })
  .refine(({ allowed, reason }) => !allowed || reason === undefined, {
    message: 'Somebody who is let in has no reason why not. Leave "reason" out.',
    path: ['reason'],
  });

const expectation = z
  .strictObject({
    entry: expectedEntry
      .optional()
      .describe('What the trigger, its filter and `entryWhen` say to her entry.'),
    status: z
      .enum(['completed', 'goal_reached', 'exited', 'failed', 'cancelled', 'waiting'])
      .optional()
      .describe('How the enrollment ends, or that it still waits.'),
    goalId: name.nullable().optional().describe('The goal reached last; null for none.'),
    path: z.array(name).optional().describe('Nodes visited in order, without skipped ones.'),
    sends: z.array(expectedSend).optional().describe('All messages, in order.'),
    endedAfter: duration.optional().describe('How long after the start it ends.'),
    endedAt: instant.optional().describe('When it ends.'),
    error: code.optional().describe('The code that a failed run ends with.'),
    contact: contactState.optional().describe('Fields of the contact at the end.'),
  })
  .refine((expected) => Object.keys(expected).length > 0, {
    message: 'Expect something, such as a status or a path.',
  });

export const journeyTest = z.strictObject({
  name: z.string().min(1).max(200).describe('What is shown, as a sentence.'),
  contact: contactState.default({}).describe('Who enters, as she is then.'),
  ...dryRunFields,
  expect: expectation.describe('What must come out; what is not named may be anything.'),
});

export const journeyTests = z.array(journeyTest).max(100);

export type ContactState = z.infer<typeof contactState>;
export type ScriptItem = z.infer<typeof scriptEntry>;
export type Mock = z.infer<typeof mock>;
export type JourneyTest = z.infer<typeof journeyTest>;
