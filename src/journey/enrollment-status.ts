/** Where an enrollment can be: the words of the API, the database and the command line. */

/** Somebody is under way. */
export const OPEN_STATUSES = ['running', 'waiting', 'paused'] as const;

/** She is not any more. */
export const END_STATUSES = ['completed', 'goal_reached', 'exited', 'failed', 'cancelled'] as const;

export const ENROLLMENT_STATUSES = [...OPEN_STATUSES, ...END_STATUSES] as const;

export type OpenStatus = (typeof OPEN_STATUSES)[number];
export type EndStatus = (typeof END_STATUSES)[number];
export type EnrollmentStatus = (typeof ENROLLMENT_STATUSES)[number];
