/** Forks and joins: each fork has one join or none, each join a fork, and none waits for ever. */
import type { Issue } from '../errors';
import { type GraphFindings, issueAt, quoted } from './findings';
import { branchesOf, type ForkLevels, type Level } from './fork-levels';
import { type GraphShape, reachableBy } from './graph-shape';
import type { SketchNode } from './graph-sketch';

/** Everything about forks and joins. */
export function checkForks(shape: GraphShape, levels: ForkLevels): GraphFindings {
  const crossing = new Set<string>();
  const errors = [...outsideIssues(shape, levels, crossing), ...crossings(shape, levels, crossing)];
  const warnings: Issue[] = [];
  for (const level of levels.forks.values()) {
    for (const id of level.closers) {
      const join = shape.nodes.get(id);
      if (join === undefined || crossing.has(id) || level.fork === null) continue;
      const found = completionIssue(shape, level.fork, join);
      if (found?.severity === 'error') errors.push(found.issue);
      else if (found !== null) warnings.push(found.issue);
    }
  }
  return { errors, warnings };
}

function outsideIssues(
  shape: GraphShape,
  { top, forks }: ForkLevels,
  crossing: Set<string>,
): Issue[] {
  return [...top.closers].flatMap((id): Issue[] => {
    const join = shape.nodes.get(id);
    if (join === undefined) return [];
    crossing.add(id);
    const path = ['nodes', join.index];
    const inside = [...forks].find(([, { closers }]) => closers.has(id))?.[0];
    if (inside !== undefined) {
      const message = `"${id}" is reached from inside "${inside}" and from outside of it. Let only branches of one fork lead to it.`;
      return [issueAt('definition.crossing_forks', path, message)];
    }
    const message = `"${id}" stands outside of any fork, so there is nothing to join. Draw it behind the branches of a fork, or remove it.`;
    return [issueAt('definition.join_outside_fork', path, message)];
  });
}

/** A join found to cross is not judged further. */
function crossings(shape: GraphShape, { forks }: ForkLevels, crossing: Set<string>): Issue[] {
  const closedBy = new Map<string, Level[]>();
  const issues: Issue[] = [];
  for (const level of forks.values()) {
    const fresh = [...level.closers].filter((id) => !crossing.has(id));
    for (const id of fresh) closedBy.set(id, [...(closedBy.get(id) ?? []), level]);
    const index = level.fork?.index;
    if (fresh.length < 2 || index === undefined) continue;
    for (const id of fresh) crossing.add(id);
    const joins = [...shape.nodes.keys()].filter((id) => fresh.includes(id));
    const message = `The branches of "${level.fork?.id}" lead to different joins: ${quoted(joins)}. A fork is closed by one join; give the branches that meet earlier a fork of their own.`;
    issues.push(issueAt('definition.crossing_forks', ['nodes', index], message));
  }
  for (const [id, levels] of closedBy) {
    if (crossing.has(id)) continue;
    const nested = levels.find((level) => levels.some((other) => isInside(level, other)));
    const around = nested && levels.find((other) => isInside(nested, other));
    if (nested === undefined || around === undefined) continue;
    crossing.add(id);
    const message =
      nested === around
        ? `A branch of "${nested.fork?.id}" leads back to it before "${id}" has joined it. Lead it to the join first.`
        : `"${id}" is reached from inside "${nested.fork?.id}" and from "${around.fork?.id}" around it. Give the inner fork a join of its own.`;
    const index = shape.nodes.get(id)?.index ?? 0;
    issues.push(issueAt('definition.crossing_forks', ['nodes', index], message));
  }
  return issues;
}

/** Whether the fork of `level` stands inside that of `other`, at any depth. */
function isInside(level: Level, other: Level): boolean {
  const seen = new Set<Level>();
  const queue = [...level.holders];
  for (let holder = queue.pop(); holder !== undefined; holder = queue.pop()) {
    if (holder === other) return true;
    if (seen.has(holder)) continue;
    seen.add(holder);
    queue.push(...holder.holders);
  }
  return false;
}

type Completion = { readonly severity: 'error' | 'warning'; readonly issue: Issue };

/** Why a join can never complete, or waits for more branches than can come. */
function completionIssue(shape: GraphShape, fork: SketchNode, join: SketchNode): Completion | null {
  if (fork.ports === null || join.config === null) return null;
  const need = join.type?.joins?.(join.config.value) ?? 'all';
  const branches = branchesOf(fork, shape.ways(fork.id))[0].map(({ port, target }) => {
    const ahead = reachableBy([target], (id) => (id === join.id ? [] : targetsOf(shape, id)));
    const arrives = ahead.has(join.id);
    return { port, arrives, finishes: arrives || [...ahead].some(shape.canEnd) };
  });
  const arriving = branches.filter(({ arrives }) => arrives).length;
  const endless = branches.find(({ finishes }) => !finishes);
  const path = ['nodes', join.index];
  if (need !== 'all' && need > fork.ports.length) {
    const message = `"${join.id}" waits for ${need} branches, but "${fork.id}" has ${fork.ports.length}. Ask for fewer, or for all.`;
    return { severity: 'error', issue: issueAt('definition.join_too_many', path, message) };
  }
  const waitsForEver = endless !== undefined && (need === 'all' || need > arriving);
  if (waitsForEver && !hasDeadline(join)) {
    const message = `"${join.id}" can never complete: the branch "${endless.port}" of "${fork.id}" neither reaches it nor ends. Lead the branch to the join, wait for fewer branches, or give the join a timeout.`;
    return { severity: 'error', issue: issueAt('definition.join_never_completes', path, message) };
  }
  if (need === 'all' || need <= arriving) return null;
  const message = `"${join.id}" waits for ${need} branches, but only ${arriving} of "${fork.id}" lead to it; the others end and are not waited for.`;
  return { severity: 'warning', issue: issueAt('definition.join_too_many', path, message) };
}

function targetsOf(shape: GraphShape, id: string): readonly string[] {
  return shape.ways(id).map(({ target }) => target);
}

function hasDeadline({ type, config }: SketchNode): boolean {
  return config !== null && (type?.waiting?.(config.value, 0).until ?? null) !== null;
}
