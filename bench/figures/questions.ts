/** What people and programs look at, also what is rare, for which a list has to look long. */
import type postgres from 'postgres';

/** By a name of its own: a path below `/api/v1`. */
export type Questions = Readonly<Record<string, string>>;

/** Questions about the workflow of `bench/million.ts` and about somebody who went through it. */
export async function questionsAbout(sql: postgres.Sql, workflowId: string): Promise<Questions> {
  const [some] = await sql<{ id: string; contact: string }[]>`
    select id, contact_id as contact from enrollments
    where status = 'completed' order by id offset 100 limit 1`;
  if (some === undefined) throw new Error('Nobody has completed the journey.');
  const { id, contact } = some;
  const list = `/workflows/${workflowId}/enrollments`;
  return {
    enrollments: list,
    enrollmentsWaiting: `${list}?status=waiting`,
    enrollmentsPaused: `${list}?status=paused`,
    enrollmentsFailed: `${list}?status=failed`,
    enrollmentsCancelled: `${list}?status=cancelled`,
    enrollmentsCompleted: `${list}?status=completed`,
    enrollmentsAtPause: `${list}?nodeId=pause`,
    enrollmentsAtHello: `${list}?nodeId=hello`,
    enrollmentsAtRest: `${list}?nodeId=rest`,
    enrollmentsOfVersion: `${list}?version=1`,
    enrollmentsOfNoVersion: `${list}?version=2`,
    enrollmentsLongest: `${list}?limit=200`,
    enrollmentsDeep: `${list}?cursor=${await deepCursor(sql)}`,
    enrollmentsStuck: '/enrollments/stuck',
    enrollment: `/enrollments/${id}`,
    steps: `/enrollments/${id}/steps`,
    events: '/events',
    eventsOfContact: `/events?contactId=${contact}`,
    eventsOfType: '/events?type=cart.left',
    eventsOfNoType: '/events?type=cart.lost',
    eventsOfEnrollment: `/events?enrollmentId=${id}`,
    eventCountsOfContact: `/events/counts?contactId=${contact}`,
    eventCountsOfType: '/events/counts?type=cart.left',
    messages: '/messages',
    messagesOfContact: `/messages?contactId=${contact}`,
    messagesOfEnrollment: `/messages?enrollmentId=${id}`,
    messagesBlocked: '/messages?status=blocked',
    messagesUnknown: '/messages?status=unknown',
    contacts: '/contacts',
    contactEnrollments: `/contacts/${contact}/enrollments`,
    contactEvents: `/contacts/${contact}/events`,
    explained: `/contacts/${contact}/explain?workflow=${workflowId}`,
    workflows: '/workflows',
    jobs: '/jobs',
    audit: '/audit',
  };
}

/** A place in the middle of the list of enrollments. */
async function deepCursor(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from enrollments order by id
    offset (select count(*) / 2 from enrollments) limit 1`;
  return Buffer.from(row?.id ?? '').toString('base64url');
}
