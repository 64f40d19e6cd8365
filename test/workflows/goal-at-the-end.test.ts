/** A goal becomes known in the moment in which the enrollment is closed: behind its last look, before the end is written. */
import { define } from '../support/define';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys;
beforeAll(async () => {
  world = await startJourneys();
  // The end of the wait is written by the transaction that closes the enrollment.
  await world.admin.unsafe(`
    create function pay_at_the_end() returns trigger language plpgsql security definer as $$
    begin
      insert into events (workspace_id, id, contact_id, type, properties, occurred_at, received_at)
        select new.workspace_id, gen_random_uuid(), contact_id, 'cart.paid', '{}', now(), now()
        from enrollments where id = new.enrollment_id;
      return null;
    end $$;
    create trigger pay_at_the_end after update of ended_at on steps for each row
      when (new.node_id = 'pause' and new.ended_at is not null and old.ended_at is null)
      execute function pay_at_the_end()`);
});
afterAll(() => world.close());

async function paidAtTheEnd(onAchieved: unknown, engineVersion?: number) {
  const definition = define({
    nodes: { pause: ['wait', { for: '10ms' }], thanks: ['add_tag', { tag: 'buyer' }] },
    edges: [],
    goals: [
      { id: 'paid', event: 'cart.paid', onAchieved },
      // So that goals are looked for at the end in any case.
      { id: 'other', event: 'never', onAchieved: { goTo: 'thanks' } },
    ],
  });
  const { id: contactId } = await world.contact();
  const { id } = await world.enroll(
    await world.publish(definition),
    contactId,
    engineVersion === undefined ? {} : { engineVersion },
  );
  const { status, goalId } = await world.ended(id);
  const path = (await world.steps(id)).map(({ nodeId, port }) => `${nodeId}:${port}`);
  return { status, goalId, path };
}

test('a goal that reroutes takes her to its node', async () => {
  expect(await paidAtTheEnd({ goTo: 'thanks' })).toEqual({
    ...{ status: 'completed', goalId: 'paid' },
    path: ['pause:next', 'thanks:next'],
  });
});

test('a goal that ends the journey has ended it', async () => {
  expect(await paidAtTheEnd('exit')).toEqual({
    ...{ status: 'goal_reached', goalId: 'paid' },
    path: ['pause:next'],
  });
});

test('a goal that lets her go on is noted', async () => {
  expect(await paidAtTheEnd('continue')).toEqual({
    ...{ status: 'completed', goalId: 'paid' },
    path: ['pause:next'],
  });
});

test('for whoever began before goals could do that, one that reroutes comes too late and ends nothing', async () => {
  expect(await paidAtTheEnd({ goTo: 'thanks' }, 3)).toEqual({
    ...{ status: 'completed', goalId: null },
    path: ['pause:next'],
  });
});
