/** Waits and conditions that hang on what readers do with mails, where no mail of the journey has it recorded. */
import type { Issue } from '../errors';
import type { Tracking } from '../journey/node-type';
import { type GraphFindings, issueAt, warningsOnly } from './findings';
import { type GraphSketch, objectsIn, type SketchNode } from './graph-sketch';
import { type LanguageObject, objectsInside } from './language-objects';
import type { Path } from './path';

/** An event that somebody hangs on, and where it is named. */
interface AskedEvent {
  readonly event: unknown;
  readonly path: Path;
}

/**
 * Events about mails of the journey that only a mail provider can report. A journey that sends no mail listens to those
 * of others, and so do triggers, `entryWhen`, and what asks for all times: nothing is said about them.
 */
export function checkTracking(
  sketch: GraphSketch,
  objects: readonly LanguageObject[],
): GraphFindings {
  const untracked = untrackedBy(sketch.nodes);
  const asked = [
    ...sketch.nodes.flatMap(awaited),
    ...objectsIn(sketch.input.goals).map(([{ event }, index]) => ({
      event,
      path: ['goals', index, 'event'],
    })),
    ...objects.filter(asksOfHere).map(({ path, value: { event } }) => ({
      event,
      path: [...path, 'event'],
    })),
  ];
  return warningsOnly(
    asked.flatMap(({ event, path }): Issue[] => {
      const tracking = typeof event === 'string' ? untracked.get(event) : undefined;
      return tracking === undefined ? [] : [untrackedEvent(tracking, path)];
    }),
  );
}

/** By event; none where a node cannot be read, since it may be the one that tracks. */
function untrackedBy(nodes: readonly SketchNode[]): ReadonlyMap<string, Tracking> {
  const isDoubtful = nodes.some(
    ({ type, config }) => type === null || (type.tracks !== undefined && config === null),
  );
  if (isDoubtful) return new Map();
  const all = nodes.flatMap(({ type, config }) =>
    config === null ? [] : (type?.tracks?.(config.value) ?? []),
  );
  const tracked = new Set(all.flatMap(({ event, isOn }) => (isOn ? [event] : [])));
  return new Map(
    all.filter(({ event }) => !tracked.has(event)).map((each) => [each.event, each] as const),
  );
}

/** What a visit waits for, at the places where its configuration names it; conditions in it have a type. */
function awaited({ index, type, config, written }: SketchNode): readonly AskedEvent[] {
  if (config === null || type?.awaits === undefined) return [];
  const types = new Set(type.awaits(config.value, {}).flatMap((each) => each.types));
  return objectsInside(written, ['nodes', index, 'data']).flatMap(({ path, value }) =>
    value['type'] === undefined && typeof value['event'] === 'string' && types.has(value['event'])
      ? [{ event: value['event'], path: [...path, 'event'] }]
      : [],
  );
}

/** Whether it is a condition about events since the enrollment. One in a filter is always false, and is told so. */
function asksOfHere({ path, value: { type, since } }: LanguageObject): boolean {
  if (typeof type !== 'string' || type.toLowerCase() !== 'event' || since === 'ever') return false;
  const isAboutEntry =
    path[0] === 'trigger' || path[0] === 'triggers' || path.includes('entryWhen');
  return !isAboutEntry && !path.includes('filter');
}

function untrackedEvent({ event, what, field }: Tracking, path: Path): Issue {
  const message = `No mail of this journey tracks ${what}, so "${event}" about one of them comes only if your mail provider reports it to POST /events. Set "${field}" on the mail, which needs an HTML body.`;
  return issueAt('definition.untracked_event', path, message);
}
