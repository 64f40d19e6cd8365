import type { Story } from '../../client/types';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand } from '../command';
import { findContact } from '../find-contact';
import { printable, type Terminal } from '../terminal';
import { onlyName } from '../values';

export const explain = defineCommand({
  name: 'explain',
  summary: 'Tell why somebody did, or did not, get something: her story in sentences.',
  usage: '<contact> [options]',
  description: [
    'Names her by her e-mail address, by your own id of her, or by the id of her contact. First the answer: for',
    'each workflow that she was in or was refused by, where she is or how it ended. Then what happened, the',
    'earliest first. With --workflow also the events that could have let her in and did not.',
  ],
  options: {
    workflow: { type: 'string', value: 'key', help: 'Only this workflow.' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline explain ada@example.com',
    'throughline explain customer-4711 --workflow trial-offer --json',
  ],
  async run(args, { workflow, json, ...values }, terminal) {
    const name = onlyName(args, 'somebody, by her e-mail address or an id');
    const client = await connect(values);
    const { id } = await findContact(client, name);
    const story = await client.contacts.explain(id, workflow === undefined ? {} : { workflow });
    if (json) terminal.json(story);
    else printStory(story, terminal);
    return 0;
  },
});

function printStory({ workflows, story, isWhole }: Story, terminal: Terminal): void {
  for (const { answer } of workflows) terminal.line(terminal.paint('bold', printable(answer)));
  if (workflows.length === 0)
    terminal.line(
      'She was in no workflow, and none has refused her. Why one did not let her in, --workflow <key> tells.',
    );
  if (story.length > 0) terminal.line();
  if (!isWhole) terminal.line('What lies further back is left out.');
  // Sentences about steps do not name their workflow.
  const width =
    workflows.length > 1 ? Math.max(...story.map((each) => each.workflowKey.length)) : 0;
  for (const { at, workflowKey, sentence } of story) {
    const where = width === 0 ? '' : `${workflowKey.padEnd(width)}  `;
    terminal.line(`${terminal.paint('dim', at)}  ${where}${printable(sentence)}`);
  }
}
