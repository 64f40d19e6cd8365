import type { Route } from '../route';
import { apiKeyRoutes } from './api-keys';
import { auditRoutes } from './audit';
import { bulkEntryRoutes } from './bulk-entry';
import { canaryRoutes } from './canaries';
import { contactRoutes } from './contacts';
import { definitionRoutes } from './definitions';
import { dryRunRoutes } from './dry-runs';
import { eligibilityRoutes } from './eligibility';
import { enrollmentCommandRoutes } from './enrollment-commands';
import { enrollmentRoutes } from './enrollments';
import { eventRoutes } from './events';
import { explainRoutes } from './explain';
import { jobRoutes } from './jobs';
import { libraryRoutes } from './library';
import { listMemberRoutes } from './list-members';
import { listRoutes } from './lists';
import { messageRoutes } from './messages';
import { migrationRoutes } from './migrations';
import { statsRoutes } from './stats';
import { stuckEnrollmentRoutes } from './stuck-enrollments';
import { suppressionRoutes } from './suppressions';
import { variableRoutes } from './variables';
import { templateRoutes } from './templates';
import { templateTrialRoutes } from './template-trials';
import { workflowDeletionRoutes } from './workflow-deletion';
import { workflowStateRoutes } from './workflow-states';
import { workflowVersionRoutes } from './workflow-versions';
import { workflowRoutes } from './workflows';

/** Every route below `/api/v1`. */
export const routes: readonly Route[] = [
  ...contactRoutes,
  ...explainRoutes,
  ...dryRunRoutes,
  ...definitionRoutes,
  ...workflowRoutes,
  ...workflowStateRoutes,
  ...workflowDeletionRoutes,
  ...workflowVersionRoutes,
  ...canaryRoutes,
  ...statsRoutes,
  ...jobRoutes,
  ...migrationRoutes,
  // Before the route that takes any word for an id.
  ...stuckEnrollmentRoutes,
  ...enrollmentRoutes,
  ...eligibilityRoutes,
  ...enrollmentCommandRoutes,
  ...eventRoutes,
  ...messageRoutes,
  ...suppressionRoutes,
  ...templateRoutes,
  ...templateTrialRoutes,
  ...libraryRoutes,
  ...auditRoutes,
  ...apiKeyRoutes,
  ...listRoutes,
  ...listMemberRoutes,
  ...variableRoutes,
  ...bulkEntryRoutes,
];
