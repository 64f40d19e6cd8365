import { Context } from '@temporalio/activity';
import type { Database } from '../../src/db/client';

/** The database, where something happens before each transaction that an activity opens: it gets the activity's name. */
export function disturbed(
  db: Database,
  before: (activity: string) => Promise<unknown> | void,
): Database {
  const inWorkspace: Database['inWorkspace'] = async (workspaceId, work) => {
    const activity = activityUnderWay();
    if (activity !== null) await before(activity);
    return db.inWorkspace(workspaceId, work);
  };
  return { ...db, inWorkspace };
}

/** Null outside of activities: the payload codec asks the database too. */
function activityUnderWay(): string | null {
  try {
    return Context.current().info.activityType;
  } catch {
    return null;
  }
}
