import type { Route } from '../route';
import { contactRoutes } from './contacts';
import { enrollmentRoutes } from './enrollments';
import { eventRoutes } from './events';
import { workflowStateRoutes } from './workflow-states';
import { workflowRoutes } from './workflows';

/** Every route below `/api/v1`. */
export const routes: readonly Route[] = [
  ...contactRoutes,
  ...workflowRoutes,
  ...workflowStateRoutes,
  ...enrollmentRoutes,
  ...eventRoutes,
];
