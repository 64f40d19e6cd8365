import type { ThroughlineClient } from '../../client/index';
import type { CommandInputs, EnrollmentState, Steered, Step } from '../../client/types';
import { ENROLLMENT_STATUSES } from '../../journey/enrollment-status';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineAction, defineGroup } from '../command';
import type { Options, Values } from '../options';
import { everyPage, LIMIT_OPTION, mostOf } from '../pages';
import { printEnrollment, printSteered } from '../show';
import { printList } from '../table';
import { UsageError } from '../usage-error';
import { onlyName, oneOf, pairsOf, wholeNumber } from '../values';
import { awaitedEnrollment, WAIT_OPTION } from '../waiting';

const API = { ...API_OPTIONS, ...JSON_OPTION } as const;
const ONE = 'an enrollment by its id';

const list = defineAction({
  name: 'enrollments list',
  summary: 'Who is or was in a workflow, the newest first.',
  usage: '<workflow>',
  options: {
    status: { type: 'string', value: 'status', help: 'Those with this status.' },
    node: { type: 'string', value: 'node', help: 'Those who stand on this node, or failed at it.' },
    version: { type: 'string', value: 'number', help: 'Those in this version.' },
    ...LIMIT_OPTION,
    ...API,
  },
  async run(args, values, terminal) {
    const workflow = onlyName(args, 'a workflow by its key');
    const { node: nodeId, status, version } = values;
    const filter = {
      nodeId,
      status: status === undefined ? undefined : oneOf(status, ENROLLMENT_STATUSES, '--status'),
      version: version === undefined ? undefined : wholeNumber(version, '--version'),
    };
    const most = mostOf(values);
    const client = await connect(values);
    const found = await everyPage(
      (page) => client.enrollments.list(workflow, { ...page, ...filter }),
      most,
    );
    printList(found, { heading: HEADING, rowOf, json: values.json }, terminal);
    return 0;
  },
});

const HEADING = ['enrollment', 'contact', 'version', 'status', 'at', 'until', 'started'];

const rowOf = (each: EnrollmentState) => [
  ...[each.id, each.contactId, each.version, each.status],
  ...[each.currentNodeIds.join(', '), each.waitUntil, each.startedAt],
];

const get = defineAction({
  name: 'enrollments get',
  summary: 'Where somebody is, or how her journey ended.',
  usage: '<id>',
  options: { ...WAIT_OPTION, ...API },
  async run(args, values, terminal) {
    const id = onlyName(args, ONE);
    const state = await awaitedEnrollment(await connect(values), id, values.wait);
    if (values.json) terminal.json(state);
    else printEnrollment(state, terminal);
    return values.wait !== undefined && state.endedAt === null ? 1 : 0;
  },
});

const steps = defineAction({
  name: 'enrollments steps',
  summary: 'Which way somebody went, and why.',
  usage: '<id>',
  options: API,
  async run(args, values, terminal) {
    const id = onlyName(args, ONE);
    const client = await connect(values);
    const data = await everyPage((page) => client.enrollments.steps(id, page));
    const heading = ['started', 'node', 'visit', 'status', 'port', 'reason'];
    const rowOf = ({ startedAt, nodeId, visit, status, port, reason }: Step) => {
      return [startedAt, nodeId, visit, status, port, reason];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

const commands = defineAction({
  name: 'enrollments commands',
  summary: 'What was ordered for somebody, and what became of it; the newest first.',
  usage: '<id>',
  options: API,
  async run(args, values, terminal) {
    const id = onlyName(args, ONE);
    const client = await connect(values);
    const data = await everyPage((page) => client.enrollments.commands(id, page));
    const heading = ['ordered', 'command', 'status', 'reason', 'by'];
    const rowOf = ({ requestedAt, type, status, reason, requestedBy }: (typeof data)[number]) => {
      return [requestedAt, type, status, reason, requestedBy];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

/** An action that orders something for one enrollment, and shows what came of it. */
function steering<const O extends Options>(
  name: string,
  summary: string,
  options: O,
  order: (client: ThroughlineClient, id: string, values: Values<O>) => Promise<Steered>,
) {
  return defineAction({
    name: `enrollments ${name}`,
    summary,
    usage: '<id>',
    options: { ...options, ...API },
    async run(args, values, terminal) {
      const id = onlyName(args, ONE);
      const given = values as unknown as Values<O> & Values<typeof API>;
      const steered = await order(await connect(given), id, given);
      if (given.json) terminal.json(steered);
      else printSteered(steered, terminal);
      return 0;
    },
  });
}

const POLICIES = {
  clock: { type: 'string', value: 'how', help: 'Time that the pause takes: run, freeze, restart.' },
  late: { type: 'string', value: 'how', help: 'Who is late then: send, skip, exit.' },
} as const satisfies Options;

type Policies = CommandInputs['resume'];

/** The policies that were given; the API judges their words. */
const policiesOf = ({ clock, late }: Values<typeof POLICIES>) =>
  ({
    ...(clock === undefined
      ? {}
      : { clock: oneOf(clock, ['run', 'freeze', 'restart'], '--clock') }),
    ...(late === undefined ? {} : { late: oneOf(late, ['send', 'skip', 'exit'], '--late') }),
  }) satisfies Policies;

const actions = [
  ...[list, get, steps, commands],
  steering('pause', 'Let her stand still until she is resumed.', POLICIES, (client, id, values) =>
    client.enrollments.pause(id, policiesOf(values)),
  ),
  steering('resume', 'Let her go on.', POLICIES, (client, id, values) =>
    client.enrollments.resume(id, policiesOf(values)),
  ),
  steering(
    'cancel',
    'End her journey.',
    { reason: { type: 'string', value: 'text', help: 'Why, for whoever reads it.' } },
    (client, id, { reason }) => client.enrollments.cancel(id, { reason }),
  ),
  steering(
    'skip',
    'Let her leave a node at once, as if its wait were over.',
    { node: { type: 'string', value: 'node', help: 'Which; needed where she stands on several.' } },
    (client, id, { node }) => client.enrollments.skip(id, { node }),
  ),
  steering(
    'jump',
    'Let her go on at another node.',
    { to: { type: 'string', value: 'node', help: 'On which node she goes on.' } },
    (client, id, { to }) => client.enrollments.jump(id, { to: required(to, '--to <node>') }),
  ),
  steering(
    'migrate',
    'Let her go on in another published version.',
    {
      to: { type: 'string', value: 'version', help: 'Which version.' },
      map: {
        type: 'string',
        multiple: true,
        value: 'node=node',
        help: 'For a node that is gone: where she goes on; may be repeated.',
      },
    },
    (client, id, { to, map }) =>
      client.enrollments.migrate(id, {
        version: wholeNumber(required(to, '--to <version>'), '--to'),
        map: pairsOf(map, '--map'),
      }),
  ),
  steering('retry', 'Visit the node that failed once more, and go on.', {}, (client, id) =>
    client.enrollments.retry(id),
  ),
];

function required(given: string | undefined, option: string): string {
  if (given === undefined) throw new UsageError(`Say where to: ${option}.`);
  return given;
}

export const enrollments = defineGroup({
  name: 'enrollments',
  summary: 'Find people on their way, and steer them.',
  description: [
    'A command is stored before it is judged; "pending" means that no worker has answered yet. Exit code 1: it',
    'was refused, and why is said; or with --wait the journey is not over yet.',
  ],
  examples: [
    'throughline enrollments list abandoned-cart --status failed',
    'throughline enrollments steps 0199c3f2-…',
    'throughline enrollments jump 0199c3f2-… --to offer',
  ],
  actions,
});
