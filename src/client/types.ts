/** What the API takes and gives, taken from the schemas of its routes. Types only: nothing of the server is loaded. */
import type { z } from 'zod';
import type { contactInput, contactPatch } from '../http/routes/contacts';
import type { acceptedSchema, eventInput } from '../http/routes/events';
import type { canaryChange } from '../http/canary-order';
import type { activation, publication } from '../http/publish';
import type { canaryHalt, canaryPromotion } from '../http/routes/canaries';
import type { exportQuery } from '../http/routes/definitions';
import type { workflowPause } from '../http/routes/workflow-states';
import type {
  enrolledSchema,
  enrollmentSchema,
  enrollmentStatus,
  stepSchema,
} from '../http/views/enrollment';
import type { CommandInputs, commandSchema, pendingCommandSchema } from '../http/views/command';
import type { canarySchema } from '../http/views/canary';
import type { contactSchema } from '../http/views/contact';
import type { dryRunSchema } from '../http/views/dry-run';
import type { eligibilitySchema } from '../http/views/eligibility';
import type { eventCountsSchema, eventSchema } from '../http/views/event';
import type { diffSchema, versionSchema, versionWithDefinitionSchema } from '../http/views/version';
import type { keyRotation, newKey } from '../http/routes/api-keys';
import type { auditSchema } from '../http/routes/audit';
import type { storedRequest } from '../http/routes/dry-runs';
import type { instantiateBody, libraryJourneySchema } from '../http/routes/library';
import type { listInput } from '../http/routes/lists';
import type { membersInput } from '../http/routes/list-members';
import type { variableSchema } from '../http/routes/variables';
import type { grantedScope, issuedKeySchema, newKeySchema } from '../http/views/issued-key';
import type {
  addedSchema,
  countedListSchema,
  listSchema,
  memberSchema,
  removedSchema,
} from '../http/views/list';
import type { bulkEntry } from '../http/routes/bulk-entry';
import type { commandsForMany } from '../http/routes/jobs';
import type { migrationInput, migrationPlanInput } from '../http/routes/migrations';
import type { entryForecastSchema, jobSchema, refusedSchema } from '../http/views/job';
import type { messageSchema } from '../http/views/message';
import type { suppressionInput } from '../http/routes/suppressions';
import type { suppressionSchema } from '../http/views/suppression';
import type { templateContent, templateInput } from '../http/routes/templates';
import type { templatePreviewInput, testMailInput } from '../http/routes/template-trials';
import type {
  templatePreviewSchema,
  templateSchema,
  templateSummarySchema,
  testMailSchema,
} from '../http/views/template';
import type { planSchema } from '../http/views/migration-plan';
import type { statsSchema } from '../http/views/stats';
import type { storySchema } from '../http/views/story';
import type { stuckReason, stuckSchema } from '../http/views/stuck';
import type { workflowSchema } from '../http/views/workflow';
import type { problemSchema } from '../http/openapi';

/** An answer that tells what went wrong, RFC 9457. */
export type Problem = z.infer<typeof problemSchema>;
/** The codes that an API of this version answers with. */
export type ErrorCode = Problem['code'];
export type ContactInput = z.input<typeof contactInput>;
export type ContactPatch = z.input<typeof contactPatch>;
export type Contact = z.infer<typeof contactSchema>;
export type EventInput = Omit<z.input<typeof eventInput>, 'occurredAt'> & {
  /** When it happened; now unless told. */
  occurredAt?: string | Date | undefined;
};
export type EventsAccepted = z.infer<typeof acceptedSchema>;
export type ActivateInput = z.input<typeof activation>;
export type RevertInput = z.input<typeof publication>;
export type Canary = z.infer<typeof canarySchema>;
export type CanaryChange = z.input<typeof canaryChange>;
export type CanaryHalt = z.input<typeof canaryHalt>;
export type CanaryPromotion = z.input<typeof canaryPromotion>;
export type PauseWorkflowInput = z.input<typeof workflowPause>;
export type Enrolled = z.infer<typeof enrolledSchema>;
export type EnrollmentState = z.infer<typeof enrollmentSchema>;
export type EnrollmentStatus = z.infer<typeof enrollmentStatus>;
export type { CommandInputs };
export type EnrollmentCommand = z.infer<typeof commandSchema>;
/** The command is stored, and nobody has judged it yet: no worker has answered in time. */
export type PendingCommand = z.infer<typeof pendingCommandSchema>;
/** The enrollment after the command, or `status: 'pending'`. */
export type Steered = EnrollmentState | PendingCommand;
export type Step = z.infer<typeof stepSchema>;
export type Message = z.infer<typeof messageSchema>;
export type StuckEnrollment = z.infer<typeof stuckSchema>;
export type StuckReason = z.infer<typeof stuckReason>;
export type Suppression = z.infer<typeof suppressionSchema>;
export type SuppressionInput = z.input<typeof suppressionInput>;
export type Scope = z.infer<typeof grantedScope>;
/** Instants in ISO 8601. */
export type ApiKeyInput = Omit<z.input<typeof newKey>, 'expiresAt'> & {
  expiresAt?: string | Date | null | undefined;
};
export type ApiKeyRotation = Omit<z.input<typeof keyRotation>, 'expiresAt'> & {
  expiresAt?: string | Date | null | undefined;
};
export type ApiKey = z.infer<typeof issuedKeySchema>;
export type NewApiKey = z.infer<typeof newKeySchema>;
export type ContactListInput = z.input<typeof listInput>;
export type ContactList = z.infer<typeof listSchema>;
export type CountedContactList = z.infer<typeof countedListSchema>;
export type ListMember = z.infer<typeof memberSchema>;
export type MembersInput = z.input<typeof membersInput>['contacts'];
export type MembersAdded = z.infer<typeof addedSchema>;
export type MembersRemoved = z.infer<typeof removedSchema>;
export type Variable = z.infer<typeof variableSchema>;
export type Template = z.infer<typeof templateSchema>;
export type TemplateSummary = z.infer<typeof templateSummarySchema>;
export type TemplateInput = z.input<typeof templateInput>;
export type TemplateContent = z.input<typeof templateContent>;
export type TemplatePreview = z.infer<typeof templatePreviewSchema>;
export type TemplatePreviewInput = z.input<typeof templatePreviewInput>;
export type TestMail = z.infer<typeof testMailSchema>;
export type TestMailInput = z.input<typeof testMailInput>;
export type Workflow = z.infer<typeof workflowSchema>;
export type CommandsForMany = Omit<z.input<typeof commandsForMany>, 'dryRun'>;
export type Job = z.infer<typeof jobSchema>;
export type JobRefusal = z.infer<typeof refusedSchema>;
export type EntryForecast = z.infer<typeof entryForecastSchema>;
/** Who enters: `list`, `filter` (written as in definitions), `contactIds` or `csv`. */
export type EntryOfMany = Omit<z.input<typeof bulkEntry>, 'dryRun'>;
export type MigrationPlanInput = z.input<typeof migrationPlanInput>;
export type MigrationInput = z.input<typeof migrationInput>;
export type MigrationPlan = z.infer<typeof planSchema>;
export type Story = z.infer<typeof storySchema>;
export type Eligibility = z.infer<typeof eligibilitySchema>;
export type WorkflowStats = z.infer<typeof statsSchema>;
export type RecordedEvent = z.infer<typeof eventSchema>;
export type EventCounts = z.infer<typeof eventCountsSchema>;
/** Which events; instants in ISO 8601. */
export interface EventFilter {
  type?: string | undefined;
  contactId?: string | undefined;
  /** What let somebody in, what her enrollment caused, and what its messages met. */
  enrollmentId?: string | undefined;
  /** By the time of occurrence, inclusive. */
  from?: string | undefined;
  to?: string | undefined;
}
/** Who enters, what happens to her, and how nodes answer; instants in ISO 8601. */
export type DryRunInput = z.input<typeof storedRequest>;
export type DryRun = z.infer<typeof dryRunSchema>;
export type AuditEntry = z.infer<typeof auditSchema>;
export type LibraryJourney = z.infer<typeof libraryJourneySchema>;
export type LibraryStart = z.input<typeof instantiateBody>;
export type Version = z.infer<typeof versionSchema>;
export type VersionWithDefinition = z.infer<typeof versionWithDefinitionSchema>;
export type DefinitionDiff = z.infer<typeof diffSchema>;

/** A definition in any form; a text is YAML or JSON. */
export type ImportInput = object | string;
export type ExportOptions = z.input<typeof exportQuery>;

/** The draft that was read, by its `revision`. */
export interface Revision {
  revision?: number | undefined;
}

/** Who enters, and with what. */
export type EnrollInput = ({ contactId: string } | { contact: ContactInput }) & {
  variables?: Record<string, unknown> | undefined;
  /** Enrollments with different keys may run side by side. */
  key?: string | undefined;
};

export interface Page {
  /** 1 to 200; 50 unless told. */
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface List<T> {
  data: T[];
  /** Pass it as `cursor` for what follows; null at the end. */
  nextCursor: string | null;
}
