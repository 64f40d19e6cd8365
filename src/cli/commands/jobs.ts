import type { ThroughlineClient } from '../../client/index';
import type { CommandsForMany, Job, JobRefusal } from '../../client/types';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineAction, defineGroup } from '../command';
import { objectOf } from '../input';
import { everyPage, LIMIT_OPTION, mostOf } from '../pages';
import { printJob } from '../show';
import { printList } from '../table';
import { counted } from '../problems';
import { UsageError } from '../usage-error';
import { onlyName, oneOf, wholeNumber } from '../values';
import { awaitedJob, isOver, WAIT_OPTION } from '../waiting';

const API = { ...API_OPTIONS, ...JSON_OPTION } as const;
const ONE = 'a job by its id';
const ORDERS = ['pause', 'resume', 'cancel', 'skip', 'jump', 'migrate', 'retry'] as const;

const list = defineAction({
  name: 'jobs list',
  summary: 'Jobs, the newest first.',
  usage: '',
  options: { ...LIMIT_OPTION, ...API },
  async run(args, values, terminal) {
    if (args[0] !== undefined)
      throw new UsageError(`jobs list takes no name, such as "${args[0]}".`);
    const most = mostOf(values);
    const client = await connect(values);
    const data = await everyPage((page) => client.jobs.list(page), most);
    const heading = ['job', 'command', 'status', 'for', 'applied', 'refused', 'begun'];
    const rowOf = ({ id, command, status, total, applied, refused, createdAt }: Job) => {
      return [id, command.type, status, total, applied, refused, createdAt];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

const get = defineAction({
  name: 'jobs get',
  summary: 'A job with its progress.',
  usage: '<id>',
  options: { ...WAIT_OPTION, ...API },
  async run(args, values, terminal) {
    const job = await awaitedJob(await connect(values), onlyName(args, ONE), values.wait);
    if (values.json) terminal.json(job);
    else printJob(job, terminal);
    return values.wait !== undefined && !isOver(job) ? 1 : 0;
  },
});

const refused = defineAction({
  name: 'jobs refused',
  summary: 'Those for whom a job could do nothing, and why.',
  usage: '<id>',
  options: { ...LIMIT_OPTION, ...API },
  async run(args, values, terminal) {
    const id = onlyName(args, ONE);
    const most = mostOf(values);
    const client = await connect(values);
    const data = await everyPage((page) => client.jobs.refused(id, page), most);
    const heading = ['place', 'contact', 'enrollment', 'reason', 'detail'];
    const rowOf = ({ position, contactId, enrollmentId, reason, detail }: JobRefusal) => {
      return [position, contactId, enrollmentId, reason, detail];
    };
    printList(data, { heading, rowOf, json: values.json }, terminal);
    return 0;
  },
});

const start = defineAction({
  name: 'jobs start',
  summary: 'Order one command for many in a workflow, at a rate.',
  usage: '<workflow> <command>',
  options: {
    where: {
      type: 'string',
      value: 'data',
      help: 'For whom: {"version", "status", "nodeId", "errorCode", "enrollmentIds"}; {} is all.',
    },
    input: { type: 'string', value: 'data', help: 'What the command takes: {"to": "offer"}.' },
    'per-second': { type: 'string', value: 'count', help: 'How many in a second; 50 unless told.' },
    'dry-run': { type: 'boolean', help: 'Only say for how many it would be.' },
    ...API,
  },
  async run([key, command, ...rest], values, terminal) {
    if (key === undefined || command === undefined || rest.length > 0)
      throw new UsageError(`Name a workflow by its key, and a command: ${ORDERS.join(', ')}.`);
    const where = await objectOf(values.where, '--where');
    if (where === undefined)
      throw new UsageError("Say for whom: --where, with '{}' for everybody inside.");
    const perSecond = values['per-second'];
    const order = {
      type: oneOf(command, ORDERS, 'jobs start'),
      where,
      input: await objectOf(values.input, '--input'),
      perSecond: perSecond === undefined ? undefined : wholeNumber(perSecond, '--per-second'),
    } as CommandsForMany;
    const client = await connect(values);
    if (values['dry-run']) {
      const count = await client.workflows.countForMany(key, order);
      if (values.json) terminal.json({ count });
      else terminal.line(`It would be for ${counted(count, 'enrollment')}.`);
      return 0;
    }
    const job = await client.workflows.orderForMany(key, order);
    if (values.json) terminal.json(job);
    else printJob(job, terminal);
    return 0;
  },
});

const steering = (
  name: 'pause' | 'resume' | 'cancel',
  summary: string,
  order: (client: ThroughlineClient, id: string) => Promise<Job>,
) =>
  defineAction({
    ...{ name: `jobs ${name}`, summary, usage: '<id>' },
    options: API,
    async run(args, values, terminal) {
      const id = onlyName(args, ONE);
      const job = await order(await connect(values), id);
      if (values.json) terminal.json(job);
      else printJob(job, terminal);
      return 0;
    },
  });

export const jobs = defineGroup({
  name: 'jobs',
  summary: 'Order a command for many people, and watch or hold what was ordered.',
  description: [
    'What a job has ordered stays ordered. Exit code 1: it was refused; or with --wait it is not done yet.',
  ],
  examples: [
    'throughline jobs start welcome retry --where \'{"errorCode": "http.refused"}\' --dry-run',
    'throughline jobs get 0199c3f2-… --wait 10m',
  ],
  actions: [
    ...[list, get, refused, start],
    steering('pause', 'Hold it: it orders nothing more.', (client, id) => client.jobs.pause(id)),
    steering('resume', 'Let it go on.', (client, id) => client.jobs.resume(id)),
    steering('cancel', 'End it.', (client, id) => client.jobs.cancel(id)),
  ],
});
