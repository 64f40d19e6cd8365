/** What tests inside a definition name: nodes, ports, goals and experiments. */
import type { Issue } from '../errors';
import { isZone } from '../evaluate/zone';
import { type GraphFindings, issueAt, quoted } from './findings';
import type { GraphShape } from './graph-shape';
import { objectsIn } from './graph-sketch';
import type { NodeReference } from './node-references';
import type { Path } from './path';
import { didYouMean } from './suggest';
import { suggester, type SuggestionBudget, suggestionBudget } from './suggester';

/** Choices looked at in one test; more are no test. */
const MOST_CHOICES = 100;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** Nodes that tests name, to be looked up like any other reference. */
export function testReferences({ sketch }: GraphShape): readonly NodeReference[] {
  return objectsIn(sketch.input.tests).flatMap(([test, index]) => {
    const path: Path = ['tests', index];
    const expected = fieldsOf(test.expect);
    const visited = Array.isArray(expected.path) ? (expected.path as readonly unknown[]) : [];
    return [
      ...Object.keys(fieldsOf(test.mocks)).map((node) => ({
        path: [...path, 'mocks', node],
        node,
      })),
      ...named(test.events, 'node', [...path, 'events']),
      ...named(expected.sends, 'nodeId', [...path, 'expect', 'sends']),
      ...visited.flatMap((node, at) =>
        typeof node === 'string' ? [{ path: [...path, 'expect', 'path', at], node }] : [],
      ),
    ];
  });
}

function named(list: unknown, field: string, path: Path): NodeReference[] {
  return objectsIn(list).flatMap(([entry, index]) => {
    const node = entry[field];
    return typeof node === 'string' ? [{ path: [...path, index, field], node }] : [];
  });
}

/** Choices and goals of tests that do not exist; zones of their contacts, which are data, as warnings. */
export function checkTests(shape: GraphShape): GraphFindings {
  const experiments = experimentsOf(shape);
  const goals = objectsIn(shape.sketch.input.goals).flatMap(([{ id }]) =>
    typeof id === 'string' ? [id] : [],
  );
  const budget = suggestionBudget();
  const suggestGoal = suggester(goals, budget);
  const tests = objectsIn(shape.sketch.input.tests);
  return {
    errors: tests.flatMap(([test, index]) => {
      const path: Path = ['tests', index];
      const { goalId } = fieldsOf(test.expect);
      const goalPath = [...path, 'expect', 'goalId'];
      const lost =
        typeof goalId === 'string' && !goals.includes(goalId)
          ? [unknownGoal(goalId, goalPath, suggestGoal(goalId))]
          : [];
      return [...badChoices(test, path, experiments, budget), ...lost];
    }),
    warnings: tests.flatMap(([test, index]) => [
      ...unknownZone(test.contact, ['tests', index, 'contact']),
      ...objectsIn(test.events).flatMap(([{ contact }, at]) =>
        unknownZone(contact, ['tests', index, 'events', at, 'contact']),
      ),
    ]),
  };
}

function unknownGoal(id: string, path: Path, found: { suggestion?: string }): Issue {
  const message = `There is no goal ${quoted([id])}.${didYouMean(found)}`;
  return issueAt('definition.unknown_goal', path, message, found);
}

/** The ports that a choice may force, by node id and by experiment; null where any may be. */
function experimentsOf({
  nodes,
  sketch,
}: GraphShape): ReadonlyMap<string, readonly string[] | null> {
  const ports = new Map<string, readonly string[] | null>();
  for (const [id, node] of nodes) {
    const { experiment } = fieldsOf(node.written);
    const keys = [id, `${String(sketch.input.key)}/${id}`];
    if (typeof experiment === 'string') keys.push(experiment);
    for (const key of keys) {
      const known = ports.get(key);
      const both = known === null || node.ports === null ? null : [...(known ?? []), ...node.ports];
      ports.set(key, both);
    }
  }
  return ports;
}

/** Choices of a test, or of a dry run, that force what does not exist. */
export function badChoices(
  test: { readonly choose?: unknown },
  path: Path,
  experiments: ReadonlyMap<string, readonly string[] | null>,
  budget: SuggestionBudget,
): Issue[] {
  return Object.entries(fieldsOf(test.choose))
    .slice(0, MOST_CHOICES)
    .flatMap(([key, port]): Issue[] => {
      const at = [...path, 'choose', key];
      const ports = experiments.get(key);
      if (ports === undefined) {
        const found = suggester(experiments.keys(), budget)(key);
        const message = `There is no node and no experiment ${quoted([key])}.${didYouMean(found)}`;
        return [issueAt('definition.unknown_node', at, message, found)];
      }
      if (ports === null || typeof port !== 'string' || ports.includes(port)) return [];
      const found = suggester(ports, budget)(port);
      const message = `${quoted([key])} has no port ${quoted([port])}; it has ${quoted(ports)}.${didYouMean(found)}`;
      return [issueAt('definition.unknown_port', at, message, found)];
    });
}

/** A warning where a contact names a zone that does not exist. */
export function unknownZone(contact: unknown, path: Path): Issue[] {
  const { timeZone } = fieldsOf(contact);
  if (typeof timeZone !== 'string' || isZone(timeZone)) return [];
  const message = `There is no time zone ${quoted([timeZone])}; the contact counts as having none.`;
  return [issueAt('definition.unknown_zone', [...path, 'timeZone'], message)];
}
