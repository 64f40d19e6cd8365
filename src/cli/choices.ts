/** Nodes, experiments and ports that somebody names on the command line. */
import type { Definition } from '../journey/definition';
import { indexGraph } from '../journey/graph';
import { portsOf } from '../journey/node-type';
import { quoted } from '../language/findings';
import { didYouMean, suggestion } from '../language/suggest';
import { UsageError } from './usage-error';

/** The node's id, where the definition has such a node. */
export function requireNode(id: string, { nodes }: Definition, where: string): string {
  const ids = nodes.map((node) => node.id);
  if (ids.includes(id)) return id;
  throw new UsageError(`${where}: there is no node "${id}".${hint(id, ids)}`);
}

/** From `split=port` texts to the port that each split takes, by node or experiment. */
export function readChoices(
  choices: readonly string[],
  definition: Definition,
): Readonly<Record<string, string>> {
  const splits = portsOfSplits(definition);
  const chosen = choices.map((choice): [string, string] => {
    const [, key = '', port = ''] = /^([^=]+)=(.+)$/.exec(choice) ?? [];
    if (key === '') throw new UsageError(`--choose takes node=port, which "${choice}" is not.`);
    const ports = splits.get(key);
    if (ports === undefined) {
      throw new UsageError(`--choose: there is no split "${key}".${hint(key, [...splits.keys()])}`);
    }
    if (!ports.includes(port)) {
      throw new UsageError(`--choose: "${key}" has no port "${port}".${hint(port, ports)}`);
    }
    return [key, port];
  });
  return Object.fromEntries(chosen);
}

/** The ports of every split, by the id of its node and by its experiment. */
function portsOfSplits(definition: Definition): ReadonlyMap<string, readonly string[]> {
  const { node } = indexGraph(definition);
  const splits = new Map<string, readonly string[]>();
  for (const { id, type: name } of definition.nodes) {
    const { type, config } = node(id);
    if (name !== 'split') continue;
    const { experiment = id } = config as { readonly experiment?: string };
    const ports = portsOf(type, config);
    splits.set(id, ports);
    splits.set(experiment, [...(splits.get(experiment) ?? []), ...ports]);
  }
  return splits;
}

function hint(word: string, names: readonly string[]): string {
  const found = didYouMean(suggestion(word, names));
  if (found !== '') return found;
  return names.length === 0 ? '' : ` There are ${quoted(names)}.`;
}
