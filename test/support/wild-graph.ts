/**
 * Random journeys with a few things changed at random: mostly wrong, now and then valid in a way that
 * nobody would have built on purpose.
 */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/journey/json';
import { randomJourney, type RandomJourney } from './random-graph';

interface Change {
  readonly kind: 'retarget' | 'replug' | 'add' | 'drop' | 'skip' | 'need' | 'jump' | 'reroute';
  readonly at: number;
  readonly to: number;
}

type Fields = Record<string, Json>;

/** A random journey with up to five changes of its graph. */
export function wildJourney(): fc.Arbitrary<RandomJourney> {
  const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom('retarget', 'replug', 'add', 'drop', 'skip', 'need', 'jump', 'reroute'),
    at: fc.nat(),
    to: fc.nat(),
  });
  return fc
    .tuple(randomJourney(), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([journey, changes]) => ({ ...journey, input: changes.reduce(changed, journey.input) }));
}

function changed(input: JsonObject, { kind, at, to }: Change): JsonObject {
  const nodes = structuredClone(input.nodes) as unknown as Fields[];
  const edges = structuredClone(input.edges) as unknown as Fields[];
  const goals = structuredClone(input.goals) as unknown as Fields[];
  const pick = <T>(list: readonly T[], index: number): T | undefined =>
    list[index % (list.length || 1)];
  const id = (index: number): Json => pick(nodes, index)?.['id'] ?? 'end';
  const port = (index: number): Json => pick(edges, index)?.['sourceHandle'] ?? 'next';
  const edge = pick(edges, at);
  const node = pick(nodes, at);
  const data = node?.['data'] as Fields | undefined;
  if (kind === 'add') edges.push({ source: id(at), sourceHandle: port(to), target: id(at + to) });
  if (kind === 'drop' && edges.length > 1) edges.splice(at % edges.length, 1);
  if (kind === 'retarget' && edge) edge['target'] = id(to);
  if (kind === 'replug' && edge) edge['sourceHandle'] = port(to);
  if (kind === 'skip' && node) node['executeIf'] = [{ field: 'contact.email', operator: 'exists' }];
  if (kind === 'need' && data && node?.['type'] === 'join') data['wait'] = 1 + (to % 4);
  if (kind === 'jump' && data && node?.['type'] === 'go_to') data['target'] = id(to);
  if (kind === 'reroute')
    goals.push({ id: `wild-${goals.length}`, event: 'cart.paid', onAchieved: { goTo: id(to) } });
  return { ...input, nodes, edges, goals } as unknown as JsonObject;
}
