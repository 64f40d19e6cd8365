/** Other names of node types, and other ways of writing their data: one entry each. */
import type { Notes } from '../notes';
import type { WrittenObject } from '../written';
import { readCondition, readListChange, readMessage, readUpdateField } from './other-aliases';
import { readAbSplit, readSplit } from './split-aliases';
import { readDelay, readWait, readWaitUntil } from './wait-aliases';
import type { Step } from './ways';

interface NodeAlias {
  /** The canonical type. */
  readonly type: string;
  /** Brings the data to the canonical form. */
  readonly read?: (data: WrittenObject, step: Step, notes: Notes) => void;
}

/** By the type as it is written, in lower case. */
export const NODE_ALIASES: ReadonlyMap<string, NodeAlias> = new Map([
  ['delay', { type: 'wait', read: readDelay }],
  ['wait', { type: 'wait', read: (data, _step, notes) => readWait(data, notes) }],
  ['wait_until', { type: 'wait', read: (data, _step, notes) => readWaitUntil(data, notes) }],
  ['if_else', { type: 'condition', read: readCondition }],
  ['condition', { type: 'condition', read: readCondition }],
  ['ab_split', { type: 'split', read: readAbSplit }],
  ['random_path', { type: 'split', read: readAbSplit }],
  ['split', { type: 'split', read: readSplit }],
  ['email', { type: 'send_email', read: readMessage }],
  ['send_email', { type: 'send_email', read: readMessage }],
  ['sms', { type: 'send_sms', read: readMessage }],
  ['send_sms', { type: 'send_sms', read: readMessage }],
  ['whatsapp', { type: 'send_whatsapp', read: readMessage }],
  ['send_whatsapp', { type: 'send_whatsapp', read: readMessage }],
  ['push', { type: 'send_push', read: readMessage }],
  ['send_push', { type: 'send_push', read: readMessage }],
  ['slack', { type: 'send_slack' }],
  ['teams', { type: 'send_teams' }],
  ['update_field', { type: 'update_contact', read: readUpdateField }],
  ['add_to_segment', { type: 'add_to_list', read: readListChange }],
  ['remove_from_segment', { type: 'remove_from_list', read: readListChange }],
] satisfies [string, NodeAlias][]);
