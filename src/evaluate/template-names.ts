/**
 * Which names a template reads from what it is given.
 *
 * The engine's own analysis counts lines from the top of the template for every name, so its time grows
 * with the square of the length; this one looks for a place only when somebody asks.
 */
import { Liquid, type Template, toValueSync, TypeGuards, Value } from 'liquidjs';

export interface UsedName {
  /** `['contact', 'firstName']`; a part that is computed ends the list. */
  readonly segments: readonly string[];
  /** Where it begins in the template. */
  readonly begin: number;
}

/** Only reads templates: what they may do is decided by the engine that renders them. */
const reader = new Liquid({ dynamicPartials: false, templates: {} });

/** The names that a template expects, those it sets itself left out; none when it cannot be read. */
export function namesIn(source: string): readonly UsedName[] {
  try {
    return namesOf(reader.parse(source));
  } catch {
    return [];
  }
}

/** Tells "line 2, column 5" of offsets. Lines are counted on from the offset before, so ask in order. */
export function placesIn(source: string): (offset: number) => string {
  let line = 1;
  let begin = 0;
  return (offset) => {
    if (offset < begin) [line, begin] = [1, 0];
    for (
      let end = source.indexOf('\n', begin);
      end !== -1 && end < offset;
      end = source.indexOf('\n', begin)
    ) {
      line += 1;
      begin = end + 1;
    }
    return `line ${line}, column ${offset - begin + 1}`;
  };
}

/** Names that a block gives a value for what is inside it, and those around it. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly around: Scope | null;
}

function namesOf(templates: readonly Template[]): readonly UsedName[] {
  const found: UsedName[] = [];
  const set = new Set<string>();
  const stack = frames(templates, { names: set, around: null });
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { template, scope } = frame;
    for (const argument of template.arguments?.() ?? []) {
      const used = namesRead(argument).filter(({ segments: [root] }) => !isSet(root, scope));
      found.push(...used);
    }
    for (const name of template.localScope?.() ?? []) set.add(name.content);
    // Partials have no file to come from; the engine that renders refuses them.
    if (template.children === undefined || template.partialScope !== undefined) continue;
    const names = new Set(template.blockScope?.() ?? []);
    const children = toValueSync(template.children(false, true)) as readonly Template[];
    stack.push(...frames(children, { names, around: scope }));
  }
  return found;
}

/** Ready to be popped in the order in which they were written. */
function frames(templates: readonly Template[], scope: Scope) {
  return templates.map((template) => ({ template, scope })).reverse();
}

function isSet(name: string | undefined, scope: Scope): boolean {
  if (name === undefined) return true;
  for (let at: Scope | null = scope; at !== null; at = at.around)
    if (at.names.has(name)) return true;
  return false;
}

/** The names in an expression; keeps a stack of its own, since brackets nest as deep as somebody likes. */
function namesRead(expression: unknown): readonly UsedName[] {
  const found: UsedName[] = [];
  const stack = [expression];
  while (stack.length > 0) {
    const part = stack.pop();
    if (part instanceof Value || TypeGuards.isFilteredValueToken(part)) {
      stack.push(
        ...part.initial.postfix,
        ...part.filters.flatMap(({ args }) => args.map(argumentOf)),
      );
    } else if (TypeGuards.isRangeToken(part)) {
      stack.push(part.lhs, part.rhs);
    } else if (TypeGuards.isPropertyAccessToken(part)) {
      found.push({ segments: leading(part.props.map(wordOf)), begin: part.begin });
      stack.push(...part.props.filter((prop) => TypeGuards.isPropertyAccessToken(prop)));
    }
  }
  return found;
}

const argumentOf = (argument: unknown): unknown =>
  Array.isArray(argument) ? (argument as readonly unknown[])[1] : argument;

function wordOf(prop: unknown): string | null {
  return TypeGuards.isWordToken(prop) || TypeGuards.isQuotedToken(prop) ? prop.content : null;
}

function leading(words: readonly (string | null)[]): string[] {
  const end = words.indexOf(null);
  return (end === -1 ? words : words.slice(0, end)) as string[];
}
