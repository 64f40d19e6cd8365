/** What operators ordered, a sentence for each command. */
import type { CommandRow } from '../../db/commands';
import { type Command, readCommand } from '../../journey/commands';
import { readReason } from '../refusals';
import { placeOf, quoted } from '../words';
import { idsOf, type Line, type ToldEnrollment } from './line';

export function commandLine(
  told: ToldEnrollment,
  row: CommandRow,
  keyNames: ReadonlyMap<string, string>,
): Line {
  const why = row.reason === null ? null : readReason(row.reason);
  return {
    at: row.resolvedAt ?? row.requestedAt,
    kind: 'command',
    sentence: sentenceOf(told, row, actorOf(row, keyNames)),
    code: why?.code ?? `command.${row.type}`,
    ...idsOf(told),
    commandId: row.id,
  };
}

function actorOf({ requestedBy, jobId }: CommandRow, names: ReadonlyMap<string, string>): string {
  const name = names.get(requestedBy);
  const who =
    requestedBy === 'temporal'
      ? "Somebody at Temporal's own tools"
      : name === undefined
        ? 'An operator'
        : `The API key ${quoted(name)}`;
  return jobId === null ? who : `${who}, by a job for many,`;
}

function sentenceOf(told: ToldEnrollment, row: CommandRow, actor: string): string {
  const { type, status, reason, input } = row;
  if (status === 'pending')
    return `${actor} ordered ${quoted(type)}, which nobody has judged yet: no worker has answered.`;
  if (status === 'refused')
    return `${actor} ordered ${quoted(type)}, which was refused: ${readReason(reason ?? '').sentence}`;
  if (type === 'retry') return `${actor} had the node that failed tried again.`;
  const command = readCommand(type, input);
  return `${actor} ${command === null ? `ordered ${quoted(type)}` : doneWords(told, command)}.`;
}

function doneWords({ graph }: ToldEnrollment, command: Command): string {
  switch (command.type) {
    case 'pause': {
      const { clock, late } = command.input;
      return `paused her (clock: ${clock}, late: ${late})`;
    }
    case 'resume':
      return 'let her go on';
    case 'cancel': {
      const { reason } = command.input;
      return `ended the enrollment${reason === undefined ? '' : ` with the reason ${quoted(reason)}`}`;
    }
    case 'skip': {
      const { node } = command.input;
      return `had her leave ${node === undefined ? 'the node on which she stood' : placeOf(graph, node)}`;
    }
    case 'jump':
      return `had her go on at ${placeOf(graph, command.input.to)}`;
    case 'migrate':
      return `moved her to version ${command.input.version}`;
  }
}
