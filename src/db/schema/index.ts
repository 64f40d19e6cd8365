/** Every table, for drizzle-kit. Queries import the file of their noun. */
export { apiKeys } from './api-keys';
export { assignments } from './assignments';
export { audit } from './audit';
export { canaries } from './canaries';
export { commands } from './commands';
export { contacts } from './contacts';
export { deliveries } from './deliveries';
export { effects } from './effects';
export { enrollments } from './enrollments';
export { eventIds, events } from './events';
export { idempotencyKeys } from './idempotency-keys';
export { jobs } from './jobs';
export { listMembers, lists } from './lists';
export { outbox } from './outbox';
export { steps } from './steps';
export { stuckEnrollments } from './stuck-enrollments';
export { workflows, workflowTriggers, workflowVersions } from './workflows';
export { workspaces } from './workspaces';
