/** The node types as files: what the index, the page and the registry's test are made from. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeType } from '../../src/journey/node-type';

export const ROOT = path.resolve(__dirname, '../..');
export const NODES_FOLDER = 'src/journey/nodes';

export interface NodeFile {
  /** `wait-for-event`, the file without its extension. */
  readonly name: string;
  /** The constant that holds the type, `waitForEvent`. */
  readonly constant: string;
}

/** Every file of src/journey/nodes but the index, sorted; throws on one that declares no node type. */
export function listNodeFiles(): NodeFile[] {
  const folder = path.join(ROOT, NODES_FOLDER);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
    .map((name) => ({ name, constant: constantOf(path.join(folder, `${name}.ts`)) }));
}

/** Loads the type that a file declares. */
export async function loadNodeType({ name, constant }: NodeFile): Promise<NodeType> {
  const module = (await import(`../../src/journey/nodes/${name}`)) as Record<string, NodeType>;
  const type = module[constant];
  if (!type) throw new Error(`${NODES_FOLDER}/${name}.ts does not export "${constant}".`);
  return type;
}

function constantOf(file: string): string {
  const declared = [
    ...readFileSync(file, 'utf8').matchAll(/^export const (\w+) = defineNodeType\(/gm),
  ];
  const constant = declared.length === 1 ? declared[0]?.[1] : undefined;
  if (constant === undefined) {
    throw new Error(
      `${path.relative(ROOT, file)} must declare exactly one node type, "export const name = defineNodeType({ … })"; it declares ${declared.length}.`,
    );
  }
  return constant;
}
