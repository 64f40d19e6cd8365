/** What a dry run names: nodes, ports and experiments that must exist, and zones that should. */
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { indexGraph } from '../journey/graph';
import { portsOf } from '../journey/node-type';
import { badChoices, unknownZone } from './check-tests';
import type { DryRunRequest } from './dry-run';
import type { GraphFindings } from './findings';
import { unknownNode } from './node-references';
import type { Path } from './path';
import { suggester, suggestionBudget } from './suggester';

/** Names looked at in one request; nobody reads more of what is wrong. */
const MOST_NAMES = 1_000;

/** Names of a request that the definition does not have, by the rule of the tests inside definitions. */
export function checkDryRun(definition: Definition, request: DryRunRequest): GraphFindings {
  const budget = suggestionBudget();
  const ids = definition.nodes.map(({ id }) => id);
  const suggest = suggester(ids, budget);
  const known = new Set(ids);
  const lost = nodesNamed(request)
    .filter(({ node }) => !known.has(node))
    .slice(0, MOST_NAMES)
    .map(({ path, node }) => unknownNode(node, path, suggest(node)));
  return {
    errors: [...badChoices(request, [], experimentsOf(definition), budget), ...lost],
    warnings: zonesOf(request),
  };
}

function nodesNamed({ mocks = {}, events = [], stopAt }: DryRunRequest) {
  const named: { readonly path: Path; readonly node: string }[] = Object.keys(mocks).map(
    (node) => ({ path: ['mocks', node], node }),
  );
  events.forEach((event, index) => {
    if ('node' in event && event.node !== undefined)
      named.push({ path: ['events', index, 'node'], node: event.node });
  });
  if (stopAt !== undefined) named.push({ path: ['stopAt'], node: stopAt });
  return named;
}

/** The ports that a choice may force, by node id and by experiment. */
function experimentsOf(definition: Definition): ReadonlyMap<string, readonly string[]> {
  const { node } = indexGraph(definition);
  const ports = new Map<string, readonly string[]>();
  for (const { id } of definition.nodes) {
    const { type, config } = node(id);
    const { experiment } = config as { readonly experiment?: string };
    const keys = [id, `${definition.key}/${id}`, ...(experiment === undefined ? [] : [experiment])];
    for (const key of keys) ports.set(key, [...(ports.get(key) ?? []), ...portsOf(type, config)]);
  }
  return ports;
}

/** Zones are data: an unknown one counts as none, and says so. */
function zonesOf({ contact, events = [] }: DryRunRequest): readonly Issue[] {
  return [
    ...unknownZone(contact, ['contact']),
    ...events
      .slice(0, MOST_NAMES)
      .flatMap((event, index) =>
        'contact' in event ? unknownZone(event.contact, ['events', index, 'contact']) : [],
      ),
  ];
}
