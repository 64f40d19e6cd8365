import type { EnrollInput } from '../../client/types';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand } from '../command';
import { objectOf } from '../input';
import { printEnrollment } from '../show';
import { UsageError } from '../usage-error';
import { onlyName } from '../values';
import { awaitedEnrollment, WAIT_OPTION } from '../waiting';
import { WHO_OPTIONS, whoOf } from '../who';

export const enroll = defineCommand({
  name: 'enroll',
  summary: 'Let somebody enter a workflow.',
  usage: '<workflow> --email <address> [options]',
  description: [
    'Somebody who is not known yet is made a contact. Data is given as JSON, or as a YAML or JSON file; - is',
    'standard input. Exit code 1: she was not let in, or with --wait her journey failed or is not over yet.',
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
    ...WAIT_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline enroll abandoned-cart --email ada@example.com --variables \'{"cartId": "c1"}\'',
    'throughline enroll welcome --contact ada.yaml --wait 2m --json',
  ],
  async run(args, values, terminal) {
    const workflow = onlyName(args, 'a workflow by its key');
    const who = whoOf(values);
    const contact = await objectOf(values.contact, '--contact');
    if ((who === null) === (contact === undefined))
      throw new UsageError(
        'Say who enters: by one of --email, --external-id, --contact-id and --contact.',
      );
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
