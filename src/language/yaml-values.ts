/** From the nodes of a YAML document to JSON. */
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Issue } from '../errors';
import type { Json } from '../journey/json';
import { keyText } from './yaml-positions';
import { issueAt, Refusal } from './yaml-refusal';

const MAX_DEPTH = 40;
const MAX_ALIASES = 100;
const MAX_VALUES = 50_000;
const MAX_ISSUES = 20;

/** Builds the value of a document. What is wrong with single values is collected; excess stops it. */
export class YamlValues {
  readonly issues: Issue[] = [];
  readonly anchors = new Map<string, Node>();
  private aliases = 0;
  private values = 0;

  constructor(private readonly lines: LineCounter) {}

  read(node: unknown, depth: number): Json {
    this.values += 1;
    if (this.values > MAX_VALUES)
      throw this.refusal(node, 'too_large', 'This text has too many values.');
    if (depth > MAX_DEPTH)
      throw this.refusal(node, 'too_deep', 'Values are nested too deeply here.');
    if (isAlias(node)) return this.follow(node, depth);
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, node as Node);
    if (isMap(node)) return this.readMap(node.items, depth);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    return isScalar(node) ? this.readScalar(node) : null;
  }

  private follow(alias: Node & { source: string }, depth: number): Json {
    this.aliases += 1;
    if (this.aliases > MAX_ALIASES) {
      throw this.refusal(alias, 'too_large', `A text uses ${MAX_ALIASES} aliases at most.`);
    }
    const target = this.anchors.get(alias.source);
    if (target !== undefined) return this.read(target, depth + 1);
    this.complain(alias, 'unparsable', `There is no anchor "&${alias.source}" before this alias.`);
    return null;
  }

  private readMap(pairs: readonly { key: unknown; value: unknown }[], depth: number): Json {
    const entries = new Map<string, Json>();
    for (const { key, value } of pairs) {
      const name = keyText(key);
      if (name === null) this.complain(key, 'unparsable', 'A key is a text.');
      else if (entries.has(name)) {
        this.complain(key, 'duplicate_key', `The key "${name.slice(0, 60)}" is given twice here.`);
      } else entries.set(name, this.read(value, depth + 1));
    }
    return Object.fromEntries(entries);
  }

  private readScalar(scalar: Node & { value: unknown }): Json {
    const { value } = scalar;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.complain(scalar, 'wrong_value', 'A number is finite here.');
    }
    return value as Json;
  }

  private complain(node: unknown, name: string, message: string): void {
    if (this.issues.length < MAX_ISSUES) {
      this.issues.push(issueAt(this.lines, startOf(node), name, message));
    }
  }

  private refusal(node: unknown, name: string, message: string): Refusal {
    return new Refusal([issueAt(this.lines, startOf(node), name, message)]);
  }
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}
