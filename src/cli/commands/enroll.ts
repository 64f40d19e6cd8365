import type { EnrollInput } from '../../client/types';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand } from '../command';
import { enrollMany, MANY_OPTIONS, manyOf } from '../enroll-many';
import { objectOf } from '../input';
import { printEnrollment } from '../show';
import { UsageError } from '../usage-error';
import { onlyName } from '../values';
import { awaitedEnrollment, WAIT_OPTION } from '../waiting';
import { WHO_OPTIONS, whoOf } from '../who';

export const enroll = defineCommand({
  name: 'enroll',
  summary: 'Let somebody enter a workflow, or many.',
  usage: '<workflow> --email <address> | --list <key> | --csv <file> [options]',
  description: [
    'Somebody who is not known yet is made a contact. Data is given as JSON, or as a YAML or JSON file; - is',
    'standard input. Exit code 1: she was not let in, or with --wait her journey failed or is not over yet.',
    'Many are let in by a job, which is printed; "jobs get" tells how it stands, "jobs refused" who was not let in.',
    'Then --wait is for the job, and exit code 1 means that it is not done yet.',
  ],
  options: {
    ...WHO_OPTIONS,
    contact: {
      type: 'string',
      value: 'data',
      help: 'Who, with fields that are stored: {"email", "firstName", …}.',
    },
    variables: { type: 'string', value: 'data', help: 'Variables of the enrollment.' },
    'enrollment-key': {
      type: 'string',
      value: 'key',
      help: 'Tells enrollments apart that run side by side.',
    },
    ...MANY_OPTIONS,
    ...WAIT_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline enroll abandoned-cart --email ada@example.com --variables \'{"cartId": "c1"}\'',
    'throughline enroll welcome --contact ada.yaml --wait 2m --json',
    'throughline enroll welcome --csv people.csv --dry-run',
    'throughline enroll welcome --filter \'[{"field": "plan", "operator": "equals", "value": "pro"}]\'',
  ],
  async run(args, values, terminal) {
    const workflow = onlyName(args, 'a workflow by its key');
    const who = whoOf(values);
    const contact = await objectOf(values.contact, '--contact');
    const many = await manyOf(values);
    const ways = [who, contact ?? null, many].filter((each) => each !== null);
    if (ways.length !== 1)
      throw new UsageError(
        'Say who enters: by one of --email, --external-id, --contact-id and --contact; many by --list, --filter or --csv.',
      );
    if (many !== null)
      return enrollMany({ client: await connect(values), workflow, many }, values, terminal);
    const input = {
      ...(contact !== undefined ? { contact } : who && asInput(who)),
      variables: await objectOf(values.variables, '--variables'),
      key: values['enrollment-key'],
    } as EnrollInput;
    const client = await connect(values);
    const { id } = await client.enroll(workflow, input);
    const state = await awaitedEnrollment(client, id, values.wait);
    if (values.json) terminal.json(state);
    else printEnrollment(state, terminal);
    if (state.status === 'failed') return 1;
    return values.wait !== undefined && state.endedAt === null ? 1 : 0;
  },
});

const asInput = (who: NonNullable<ReturnType<typeof whoOf>>) =>
  'contactId' in who ? who : { contact: who };
