import type { Route } from '../route';
import { contactRoutes } from './contacts';
import { definitionRoutes } from './definitions';
import { dryRunRoutes } from './dry-runs';
import { enrollmentRoutes } from './enrollments';
import { eventRoutes } from './events';
import { libraryRoutes } from './library';
import { workflowStateRoutes } from './workflow-states';
import { workflowRoutes } from './workflows';

/** Every route below `/api/v1`. */
export const routes: readonly Route[] = [
  ...contactRoutes,
  ...dryRunRoutes,
  ...definitionRoutes,
  ...workflowRoutes,
  ...workflowStateRoutes,
  ...enrollmentRoutes,
  ...eventRoutes,
  ...libraryRoutes,
];
