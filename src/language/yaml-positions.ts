/** Where the values of a YAML text stand in it. */
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { PlaceInText } from './findings';
import type { Path } from './path';
import { offsetInScalar } from './yaml-text-offset';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What of the value at a path is meant: all of it, its name, or a place in its text. */
export type Aspect = 'value' | 'name' | PlaceInText;

/** Finds the position of a path: of a field's name where that is meant, else of its value where that is short. */
export type Positions = (path: Path, aspect?: Aspect) => Position;

/** The text of a key; null for one that is no text. `true` and `1` read as they are written. */
export function keyText(key: unknown): string | null {
  if (!isScalar(key)) return null;
  if (key.type === 'PLAIN') return key.source ?? String(key.value);
  return typeof key.value === 'string' ? key.value : null;
}

/** Looks positions up in a parsed document; a path that ends nowhere has the position of its parent. */
export function positionsIn(
  root: Node | null,
  anchors: ReadonlyMap<string, Node>,
  { lines, source }: { readonly lines: LineCounter; readonly source: string },
): Positions {
  const content = (node: unknown) =>
    isAlias(node) ? anchors.get(node.source) : (node as Node | null | undefined);
  return (path, aspect = 'value') => {
    let node = content(root);
    let offset = root?.range?.[0] ?? 0;
    for (const [index, part] of path.entries()) {
      const member = memberOf(node, part);
      if (member === null) break;
      const isName = aspect === 'name' && index === path.length - 1;
      offset = offsetOf(member, isName) ?? offset;
      node = content(member.value);
    }
    if (typeof aspect === 'object') offset = offsetInText(node, aspect, source) ?? offset;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

/** Null where the text is not the one that was written, but made from it. */
function offsetInText(node: unknown, { text, begin }: PlaceInText, source: string): number | null {
  if (!isScalar(node) || node.value !== text) return null;
  return offsetInScalar(node, begin, source);
}

interface Member {
  readonly key: Node | null;
  readonly value: unknown;
}

function memberOf(node: unknown, part: string | number): Member | null {
  if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
    return { key: null, value: node.items[part] };
  }
  if (!isMap(node)) return null;
  const pair = (node.items as Pair<Node | null>[]).find(({ key }) => keyText(key) === String(part));
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

/** A list or an object under a name begins where the name stands. */
function offsetOf({ key, value }: Member, isName: boolean): number | undefined {
  const node = value as Node | null;
  const hasText = isScalar(value) && value.range != null && value.range[1] > value.range[0];
  if (key !== null && (isName || !hasText)) return key.range?.[0];
  return node?.range?.[0] ?? key?.range?.[0];
}
