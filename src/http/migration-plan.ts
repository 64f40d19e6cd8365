/** The plan of a migration: what would become of everybody who would be moved, by node and outcome. */
import { loadVersion, type WorkflowRow } from '../db/workflows';
import type { Tx } from '../db/client';
import { standing, type StandingPerson } from '../db/places';
import type { Selection } from '../db/selection';
import { versionsUnderWay } from '../db/versions-under-way';
import { fail } from '../errors';
import type { Definition } from '../journey/definition';
import { type Foreseen, foresee, type Move, type Place } from '../journey/foresee';
import { type Graph, indexGraph } from '../journey/graph';
import { contentHash } from '../language/content-hash';

export interface MigrationInput {
  readonly to: number;
  /** Null: every other version. */
  readonly from: number | null;
  readonly map: Readonly<Record<string, string>>;
}

/** A version that is published, or a definition that might be. */
export interface PlanInput extends Omit<MigrationInput, 'to'> {
  readonly to: number | Definition;
}

/** No version has this number: everybody is in another one. */
const UNPUBLISHED = 0;

/** People of one version and node of whom the same would become. */
export interface PlanGroup extends Pick<Foreseen, 'becomes' | 'would' | 'why'> {
  readonly version: number;
  readonly node: string;
  count: number;
  paused: number;
  sendsAtOnce: number;
  earliest: number | null;
  latest: number | null;
}

export interface PlanTotals {
  people: number;
  paused: number;
  cannotMove: number;
  sendsAtOnce: number;
}

export interface MigrationPlan {
  readonly hash: string;
  readonly groups: readonly PlanGroup[];
  readonly totals: PlanTotals;
}

/** Whom a migration moves. */
export const movedBy = ({ to, from }: PlanInput): Selection =>
  from === null ? { exceptVersion: numberOf(to) } : { version: from };

const numberOf = (to: number | Definition): number => (typeof to === 'number' ? to : UNPUBLISHED);

/** Foretells a migration from what rows say now. Fails like `migrationHash`. */
export async function planMigration(
  tx: Tx,
  workflow: WorkflowRow,
  input: PlanInput,
  at: Date,
): Promise<MigrationPlan> {
  const hash = await migrationHash(tx, workflow, input);
  const target = await targetOf(tx, workflow, input.to);
  const graphs = new Map<number, Graph>();
  const groups = new Map<string, PlanGroup>();
  const totals: PlanTotals = { people: 0, paused: 0, cannotMove: 0, sendsAtOnce: 0 };
  for await (const page of standing(tx, workflow.id, movedBy(input))) {
    for (const person of page) {
      const graph =
        graphs.get(person.version) ?? (await requireGraph(tx, workflow, person.version, 'from'));
      graphs.set(person.version, graph);
      note(person, { graph, target, map: input.map, at: at.getTime() }, { groups, totals });
    }
  }
  return { hash, totals, groups: [...groups.values()].sort((a, b) => b.count - a.count) };
}

/**
 * What a plan was made for: the workflow, the versions that people are moved from and to, and the map. Fails with
 * `request.invalid` where there is no such version, or the map leads to no node.
 */
export async function migrationHash(
  tx: Tx,
  { id, key }: WorkflowRow,
  input: PlanInput,
): Promise<string> {
  const { to, from, map } = input;
  const target = await targetOf(tx, { id, key }, to);
  if (from !== null) await requireGraph(tx, { id, key }, from, 'from');
  const astray = Object.keys(map).find((node) => !target.has(map[node] ?? node));
  if (astray !== undefined)
    throw invalid(`map.${astray}`, `${nameOf(to)} has no node "${map[astray]}".`);
  if (from === to) throw invalid('from', `Nobody needs to move from version ${from} to itself.`);
  const versions = from === null ? await versionsUnderWay(tx, id, numberOf(to)) : [from];
  const said = typeof to === 'number' ? to : contentHash(to);
  return contentHash({ workflow: id, to: said, versions, map });
}

const nameOf = (to: number | Definition): string =>
  typeof to === 'number' ? `Version ${to}` : 'The definition';

async function targetOf(
  tx: Tx,
  workflow: Pick<WorkflowRow, 'id' | 'key'>,
  to: number | Definition,
): Promise<Graph> {
  return typeof to === 'number' ? requireGraph(tx, workflow, to, 'to') : indexGraph(to);
}

function invalid(path: string, message: string) {
  return fail('request.invalid', `The request is not valid. ${path}: ${message}`, {
    issues: [{ code: 'request.wrong_value', path, message }],
  });
}

async function requireGraph(
  tx: Tx,
  { id, key }: Pick<WorkflowRow, 'id' | 'key'>,
  version: number,
  path: string,
): Promise<Graph> {
  const stored = await loadVersion(tx, id, version);
  if (stored === null) throw invalid(path, `The workflow "${key}" has no version ${version}.`);
  return indexGraph(stored.definition as unknown as Definition);
}

interface Tally {
  readonly groups: Map<string, PlanGroup>;
  readonly totals: PlanTotals;
}

function note(person: StandingPerson, move: Move, { groups, totals }: Tally): void {
  const foreseen = foresee(placesOf(person, move.graph), move);
  const { version, paused } = person;
  for (const each of foreseen) {
    const group = groupOf(groups, version, each);
    group.count += 1;
    if (paused) group.paused += 1;
    else if (each.sends) group.sendsAtOnce += 1;
    if (each.until === null || paused) continue;
    group.earliest = Math.min(group.earliest ?? each.until, each.until);
    group.latest = Math.max(group.latest ?? each.until, each.until);
  }
  totals.people += 1;
  if (paused) totals.paused += 1;
  if (foreseen.some(({ would }) => would === 'cannot_move')) totals.cannotMove += 1;
  if (!paused && foreseen.some(({ sends }) => sends)) totals.sendsAtOnce += 1;
}

/** Somebody who has not begun stands before the first node. */
function placesOf({ places, waitUntil }: StandingPerson, graph: Graph): Place[] {
  const known = places.filter(({ node }) => graph.has(node));
  if (known.length === 0) return [{ node: graph.entry, startedAt: null, until: null }];
  const until = known.length === 1 ? (waitUntil?.getTime() ?? null) : null;
  return known.map(({ node, startedAt }) => {
    return { node, startedAt: startedAt?.getTime() ?? null, until };
  });
}

function groupOf(
  groups: Map<string, PlanGroup>,
  version: number,
  { node, becomes, would, why }: Foreseen,
): PlanGroup {
  const key = JSON.stringify([version, node, becomes, would, why]);
  const group = groups.get(key) ?? {
    ...{ version, node, becomes, would, why },
    ...{ count: 0, paused: 0, sendsAtOnce: 0, earliest: null, latest: null },
  };
  groups.set(key, group);
  return group;
}
