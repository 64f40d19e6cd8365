/** Typed search attributes: ids and states, nothing personal. */
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
} from '@temporalio/common';
import type { EndStatus, Position } from '../src/journey/runtime';

const { KEYWORD, KEYWORD_LIST, INT } = SearchAttributeType;

const WORKSPACE = defineSearchAttributeKey('ThroughlineWorkspace', KEYWORD);
const WORKFLOW = defineSearchAttributeKey('ThroughlineWorkflow', KEYWORD);
const CONTACT = defineSearchAttributeKey('ThroughlineContact', KEYWORD);
const STATUS = defineSearchAttributeKey('ThroughlineStatus', KEYWORD);
const VERSION = defineSearchAttributeKey('ThroughlineVersion', INT);
const NODE = defineSearchAttributeKey('ThroughlineNode', KEYWORD_LIST);

/** Every attribute that an enrollment may carry; a namespace must know all of them. */
export const ENROLLMENT_ATTRIBUTES = [WORKSPACE, WORKFLOW, CONTACT, STATUS, VERSION, NODE];

/** What is known when an enrollment starts. */
export function startAttributes(enrollment: {
  readonly workspaceId: string;
  readonly workflowKey: string;
  readonly contactId: string;
  readonly version: number;
}): SearchAttributePair[] {
  return [
    { key: WORKSPACE, value: enrollment.workspaceId },
    { key: WORKFLOW, value: enrollment.workflowKey },
    { key: CONTACT, value: enrollment.contactId },
    { key: VERSION, value: enrollment.version },
    { key: STATUS, value: 'running' },
  ];
}

export function positionAttributes(positions: readonly Position[]): SearchAttributePair[] {
  return [
    { key: NODE, value: positions.map(({ node }) => node) },
    { key: STATUS, value: 'waiting' },
  ];
}

export function endAttributes(status: EndStatus): SearchAttributePair[] {
  return [
    { key: NODE, value: [] },
    { key: STATUS, value: status },
  ];
}

/** Somebody stands still where she is. */
export function pauseAttributes(): SearchAttributePair[] {
  return [{ key: STATUS, value: 'paused' }];
}

/** She goes on in another version. */
export function versionAttributes(version: number): SearchAttributePair[] {
  return [{ key: VERSION, value: version }];
}
