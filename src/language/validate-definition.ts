/**
 * Judges a definition as a whole: what no single field can be blamed for.
 *
 * Owns: which checks there are, and their order. Does not own: the fields of the envelope or of a node
 * (their schemas), the checks themselves (one file each).
 *
 * 1. Every check runs, so one answer has every problem; a problem is reported where it was written.
 * 2. What is wrong elsewhere causes no further complaint here: an unknown type has any port and takes time.
 * 3. Work is bounded by the size of the input, and so is depth: no check recurses where the writer decides how far.
 */
import { definitionSchema } from '../journey/definition';
import { variableName } from '../journey/variable';
import { timeZone } from '../journey/window';
import { checkEdges } from './check-edges';
import { checkForks } from './check-forks';
import { checkGoals, forkAround, goalDoors } from './check-goals';
import { checkFieldNames, checkTemplateNames, type NameFindings } from './check-names';
import { checkNodes } from './check-nodes';
import { checkTests, testReferences } from './check-tests';
import { checkTracking } from './check-tracking';
import { badDates, unknownZones } from './check-values';
import { errorsOnly, type GraphFindings, together } from './findings';
import { forkLevels } from './fork-levels';
import { type GraphShape, shapeOf } from './graph-shape';
import type { GraphSketch } from './graph-sketch';
import { knownNames } from './known-names';
import { conditionObjects } from './language-objects';
import { markedValues, type MarkedValue, type Marks } from './marked-values';
import {
  brokenReferences,
  jumpReferences,
  nodeReferences,
  uselessInFilters,
} from './node-references';
import { hastyCycles, unreachableNodes } from './reach';
import { nodeTemplates, operandTemplates, unreadable } from './text-problems';

/** Every error and warning about the definition as a whole. */
export function validateGraph(sketch: GraphSketch): NameFindings {
  const shape = shapeOf(sketch);
  const names = checkNames(shape);
  const found = together([checkEdges(shape), checkNodes(shape), checkPaths(shape), names]);
  return { ...found, variables: names.variables };
}

/** What paths do on the graph. */
function checkPaths(shape: GraphShape): GraphFindings {
  const levels = forkLevels(shape);
  const goals = checkGoals(shape, levels);
  const doors = goalDoors(shape.sketch)
    .map(({ target }) => target)
    .filter((target) => shape.nodes.has(target));
  const outside = doors.filter((door) => forkAround(levels, door) === null);
  for (const door of outside) levels.enter(door);
  const forks = checkForks(shape, levels);
  return together([
    errorsOnly(goals),
    forks,
    errorsOnly(unreachableNodes(shape, doors)),
    errorsOnly(hastyCycles(shape, forks.errors.length === 0 ? levels : null)),
  ]);
}

type Mark = 'zone' | 'variable';

const MARKS: Marks<Mark> = [
  [timeZone, 'zone'],
  [variableName, 'variable'],
];

/** What is named somewhere, and must exist. */
function checkNames(shape: GraphShape): NameFindings {
  const { sketch } = shape;
  const objects = conditionObjects(sketch);
  const marked = marksOf(sketch);
  const names = knownNames(
    sketch,
    marked.filter(({ mark }) => mark === 'variable'),
  );
  const zones = marked.filter(({ mark }) => mark === 'zone');
  const references = [
    ...jumpReferences(shape),
    ...nodeReferences(objects),
    ...testReferences(shape),
  ];
  const operands = operandTemplates(sketch);
  const inTemplates = checkTemplateNames([...nodeTemplates(sketch.nodes), ...operands], names);
  const inFields = checkFieldNames(objects, names);
  const found = together([
    errorsOnly(brokenReferences(shape, references)),
    checkTests(shape),
    errorsOnly(unknownZones(sketch, zones)),
    errorsOnly(badDates(sketch, objects)),
    errorsOnly(unreadable(operands)),
    inTemplates,
    inFields,
    uselessInFilters(objects),
    checkTracking(sketch, objects),
  ]);
  return { ...found, variables: [...inTemplates.variables, ...inFields.variables] };
}

function marksOf({ input, nodes }: GraphSketch): readonly MarkedValue<Mark>[] {
  const { trigger, ...rest } = input;
  const single = markedValues(definitionSchema, { triggers: [trigger] }, MARKS).map((marked) => ({
    ...marked,
    path: ['trigger', ...marked.path.slice(2)],
  }));
  return [
    ...single,
    ...markedValues(definitionSchema, rest, MARKS),
    ...nodes.flatMap(({ index, type, written }) =>
      type === null
        ? []
        : markedValues(type.config, written, MARKS).map((marked) => ({
            ...marked,
            path: ['nodes', index, 'data', ...marked.path],
          })),
    ),
  ];
}
