/** Definitions from files, with what is wrong with them. */
import { parseDefinitionText, type ParsedDefinition } from '../language/parse-definition';
import { readSource } from './sources';

export interface ReadDefinition extends ParsedDefinition {
  readonly file: string;
}

/** Reads and judges the definition in a file. */
export async function readDefinition(name: string): Promise<ReadDefinition> {
  const { name: file, text } = await readSource(name);
  return { file, ...parseDefinitionText(text) };
}
