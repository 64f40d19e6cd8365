/** From the nodes of a YAML document to JSON. */
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Issue } from '../errors';
import type { Json } from '../journey/json';
import { MAX_VALUES_READ } from './definition-limits';
import { type Path, pathText } from './path';
import { keyText } from './yaml-positions';
import { issueAt, Refusal } from './yaml-refusal';

const MAX_DEPTH = 40;
const MAX_ALIASES = 100;
const MAX_ISSUES = 20;

export const TOO_MANY_VALUES = `This text is too large: it goes on behind ${MAX_VALUES_READ} values.`;

const NO_KEY = 'A key is a text.';
/** To YAML, `{{ name }}` is an object that has an object for a key. */
const NO_KEY_BUT_LIQUID = `${NO_KEY} A text that begins with "{{" needs quotation marks around it.`;

/** Builds the value of a document. What is wrong with single values is collected; excess stops it. */
export class YamlValues {
  readonly issues: Issue[] = [];
  readonly anchors = new Map<string, Node>();
  private aliases = 0;
  private values = 0;

  constructor(private readonly lines: LineCounter) {}

  read(node: unknown, path: Path = []): Json {
    this.values += 1;
    if (this.values > MAX_VALUES_READ) throw this.refusal(node, 'too_large', TOO_MANY_VALUES);
    if (path.length > MAX_DEPTH)
      throw this.refusal(node, 'too_deep', 'Values are nested too deeply here.');
    if (isAlias(node)) return this.follow(node, path);
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, node as Node);
    if (isMap(node)) return this.readMap(node.items, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    return isScalar(node) ? this.readScalar(node, path) : null;
  }

  private follow(alias: Node & { source: string }, path: Path): Json {
    this.aliases += 1;
    if (this.aliases > MAX_ALIASES) {
      throw this.refusal(alias, 'too_large', `A text uses ${MAX_ALIASES} aliases at most.`);
    }
    const target = this.anchors.get(alias.source);
    if (target !== undefined) return this.read(target, path);
    this.complain(alias, 'unparsable', `There is no anchor "&${alias.source}" before this alias.`);
    return null;
  }

  private readMap(pairs: readonly { key: unknown; value: unknown }[], path: Path): Json {
    const entries = new Map<string, Json>();
    for (const { key, value } of pairs) {
      const name = keyText(key);
      if (name === null) this.complain(key, 'unparsable', isMap(key) ? NO_KEY_BUT_LIQUID : NO_KEY);
      else if (entries.has(name)) {
        this.complain(key, 'duplicate_key', `The key "${name.slice(0, 60)}" is given twice here.`);
      } else entries.set(name, this.read(value, [...path, name]));
    }
    return Object.fromEntries(entries);
  }

  private readScalar(scalar: Node & { value: unknown }, path: Path): Json {
    const { value } = scalar;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.complain(scalar, 'wrong_value', 'A number is finite here.', path);
    }
    return value as Json;
  }

  private complain(node: unknown, name: string, message: string, path: Path = []): void {
    if (this.issues.length < MAX_ISSUES) {
      const issue = issueAt(this.lines, startOf(node), name, message);
      this.issues.push({ ...issue, path: pathText(path) });
    }
  }

  private refusal(node: unknown, name: string, message: string): Refusal {
    return new Refusal([issueAt(this.lines, startOf(node), name, message)]);
  }
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}
