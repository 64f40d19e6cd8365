import type { ThroughlineClient } from '../../client/index';
import type { Version, Workflow } from '../../client/types';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineAction, defineGroup } from '../command';
import type { Options, Values } from '../options';
import { everyPage } from '../pages';
import { inFlightOf, PUBLISH_OPTIONS } from '../plan/plan-options';
import { printWorkflow } from '../show';
import { printList } from '../table';
import { UsageError } from '../usage-error';
import { onlyName, oneOf, wholeNumber } from '../values';

const API = { ...API_OPTIONS, ...JSON_OPTION } as const;
const ONE = 'a workflow by its key';

const list = defineAction({
  name: 'workflows list',
  summary: 'Every workflow, the newest first.',
  usage: '',
  options: API,
  async run(args, values, terminal) {
    if (args[0] !== undefined)
      throw new UsageError(`workflows list takes no name, such as "${args[0]}".`);
    const client = await connect(values);
    const data = await everyPage((page) => client.workflows.list(page));
    const heading = ['workflow', 'status', 'version', 'revision', 'name'];
    const rowOf = ({ key, status, version, revision, name }: Workflow) => {
      return [key, status, version, revision, name];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

const versions = defineAction({
  name: 'workflows versions',
  summary: 'Its published versions, with how many are on their way in each; the newest first.',
  usage: '<workflow>',
  options: API,
  async run(args, values, terminal) {
    const key = onlyName(args, ONE);
    const client = await connect(values);
    const data = await everyPage((page) => client.workflows.versions(key, page));
    const heading = ['version', 'state', 'inside', 'published', 'changelog'];
    const rowOf = ({ version, isActive, isCanary, ...each }: Version) => {
      const state = isActive ? 'active' : isCanary ? 'canary' : null;
      const { openEnrollments, publishedAt, changelog } = each;
      return [version, state, openEnrollments, publishedAt, changelog];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

/** An action on one workflow, which it shows as it is then. */
function acting<const O extends Options>(
  [name, usage, summary]: readonly [string, string, string],
  options: O,
  act: (
    client: ThroughlineClient,
    names: readonly string[],
    values: Values<O>,
  ) => Promise<Workflow>,
) {
  return defineAction({
    name: `workflows ${name}`,
    ...{ usage, summary },
    options: { ...options, ...API },
    async run(args, values, terminal) {
      const given = values as unknown as Values<O> & Values<typeof API>;
      if (args.length === 0) throw new UsageError(`Name ${ONE}.`);
      const workflow = await act(await connect(given), args, given);
      if (given.json) terminal.json(workflow);
      else printWorkflow(workflow, terminal);
      return 0;
    },
  });
}

const PUBLISHING = {
  changelog: { type: 'string', value: 'text', help: 'What is new, for the list of versions.' },
  ...PUBLISH_OPTIONS,
} as const satisfies Options;

const publishing = (values: Values<typeof PUBLISHING>) => ({
  changelog: values.changelog,
  force: values.force,
  inFlight: inFlightOf(values['in-flight']),
});

const actions = [
  ...[list, versions],
  acting(['get', '<workflow>', 'One workflow as it is.'], {}, (client, names) =>
    client.workflows.get(onlyName(names, ONE)),
  ),
  acting(
    ['activate', '<workflow>', 'Publish its draft, or let a paused one go on.'],
    PUBLISHING,
    (client, names, values) => client.workflows.activate(onlyName(names, ONE), publishing(values)),
  ),
  acting(
    ['pause', '<workflow>', 'Let nobody enter, and hold everybody inside at her next node.'],
    { late: { type: 'string', value: 'how', help: 'Who is late then: send, skip, exit.' } },
    (client, names, { late }) =>
      client.workflows.pause(
        onlyName(names, ONE),
        late === undefined ? {} : { late: oneOf(late, ['send', 'skip', 'exit'], '--late') },
      ),
  ),
  acting(
    ['archive', '<workflow>', 'Let nobody enter any more, for good; people inside go on.'],
    {},
    (client, names) => client.workflows.archive(onlyName(names, ONE)),
  ),
  acting(
    ['delete', '<workflow>', 'Delete it for good, once nobody is inside; its key stays taken.'],
    {},
    (client, names) => client.workflows.remove(onlyName(names, ONE)),
  ),
  acting(
    ['revert', '<workflow> <version>', 'Publish an earlier version again, as a new one.'],
    PUBLISHING,
    (client, [key = '', version, ...rest], values) => {
      if (version === undefined) throw new UsageError('Say which version to go back to.');
      onlyName([version, ...rest], 'a version');
      return client.workflows.revert(key, wholeNumber(version, 'revert'), publishing(values));
    },
  ),
];

export const workflows = defineGroup({
  name: 'workflows',
  summary: 'List workflows and versions; activate, pause, archive, delete them, go back.',
  description: [
    'To bring files to an API, use "plan" and "apply". Exit code 1: it was refused, and why is said.',
  ],
  examples: [
    'throughline workflows list',
    'throughline workflows pause abandoned-cart --late skip',
    'throughline workflows revert abandoned-cart 3 --changelog "Back to the week"',
  ],
  actions,
});
