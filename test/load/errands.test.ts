/** Errands are journeys that the product takes, of the sizes that the run speaks of. */
import { parseDefinition } from '../../src/language/parse-definition';
import { errandsOf, GATE } from './errands';
import { eventsOf, expectedOf } from './expected';

const errands = errandsOf({
  seed: 7,
  count: 60,
  mostRounds: 8,
  home: 'w0',
  httpUrl: 'http://127.0.0.1:1',
});

it('are valid, have 5 to 30 nodes, and a gate', () => {
  for (const { journey, stages } of errands) {
    expect(parseDefinition(journey).errors).toEqual([]);
    expect(journey.nodes.length).toBeGreaterThanOrEqual(5);
    expect(journey.nodes.length).toBeLessThanOrEqual(30);
    expect(stages.filter(({ id }) => id === GATE)).toHaveLength(1);
  }
});

it('expect every node to be visited by somebody', () => {
  for (const errand of errands) {
    const visited = [true, false].flatMap((isPro) => [
      ...expectedOf(errand, { kind: 'through' }, isPro).visits.keys(),
    ]);
    expect([...new Set(visited)].toSorted()).toEqual(
      errand.journey.nodes.map(({ id }) => id).toSorted(),
    );
  }
});

it('expect nothing behind the gate of those who go no further', () => {
  for (const errand of errands) {
    const stays = expectedOf(errand, { kind: 'stays', heard: 0 }, false);
    expect([...expectedOf(errand, { kind: 'goal' }, false).visits]).toEqual([...stays.visits]);
    expect(stays).toMatchObject({ status: 'waiting', at: GATE });
    expect(eventsOf(errand)[0]).toBe('load.step_1');
  }
});
