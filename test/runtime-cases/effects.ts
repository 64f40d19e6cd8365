/** Calls, notifications, other workflows: every port, retries, and what is kept of an answer. */
import { define } from '../support/define';
import type { Cases } from './case';

/** An address that only a mock answers. */
const SOMEWHERE = 'https://api.example.com/somewhere';
const ONCE = { retry: { maxAttempts: 1 } };
const QUICKLY = { retry: { maxAttempts: 3, initialInterval: 50, maxInterval: 100, jitter: false } };

/** Renders to more than a mail may have. */
const FAILING = `{% for a in (1..2000) %}${'y'.repeat(2_000)}{% endfor %}`;

const down = (code: string) => ({ error: { code } });

/** Leaves a called workflow by each port. */
const called = (status: string, port: string): Cases[string] => [
  {
    definition: define({
      nodes: {
        call: [
          'call_workflow',
          { workflow: 'other', timeout: status === 'timed_out' ? 400 : '30 days' },
        ],
        tag: ['add_tag', { tag: port }],
      },
      edges: [`call:${port} -> tag`],
    }),
    mocks: { call: { output: { status } } },
  },
  { status: 'completed', path: [`call:${port}`, 'tag:next'], tags: [port] },
];

export const effects: Cases = {
  'keeps what a call answers': [
    {
      definition: define({
        nodes: {
          ask: [
            'http_request',
            { url: SOMEWHERE, save: { plan: 'plan.name', none: 'nothing', code: 'status' } },
          ],
          rich: [
            'condition',
            { condition: [{ field: 'variables.plan', operator: 'equals', value: 'pro' }] },
          ],
          tell: ['webhook', { url: SOMEWHERE }],
        },
        edges: ['ask -> rich', 'rich:true -> tell'],
      }),
      mocks: { ask: { output: { plan: { name: 'pro' } } }, tell: { output: 'fine' } },
    },
    {
      status: 'completed',
      path: ['ask:next', 'rich:true', 'tell:next'],
      variables: { plan: 'pro', none: null, code: 200 },
    },
  ],
  'takes the error port of a call after its retries': [
    {
      definition: define({
        nodes: {
          ask: ['http_request', { url: SOMEWHERE, save: { plan: 'plan' } }, QUICKLY],
          tell: ['webhook', { url: SOMEWHERE }, ONCE],
          tag: ['add_tag', { tag: 'both-failed' }],
        },
        edges: ['ask:error -> tell', 'tell:error -> tag'],
      }),
      mocks: { ask: down('http.status_5xx'), tell: down('http.status_5xx') },
    },
    {
      status: 'completed',
      path: ['ask:error', 'tell:error', 'tag:next'],
      variables: {},
      tags: ['both-failed'],
    },
  ],
  'fails with the code of a call that is not answered in time': [
    {
      definition: define({
        nodes: { ask: ['http_request', { url: SOMEWHERE }, { ...ONCE, timeout: '2s' }] },
      }),
      mocks: { ask: down('http.timeout') },
    },
    { status: 'failed', error: 'http.timeout', path: ['ask:error'] },
  ],
  'ends a call as unknown where the node says that it must not be made again': [
    {
      definition: define({
        nodes: {
          tell: ['webhook', { url: SOMEWHERE, onUnknown: 'fail' }, { timeout: '2s' }],
          ask: [
            'http_request',
            { url: SOMEWHERE, body: 'x', onUnknown: 'fail' },
            { timeout: '2s' },
          ],
        },
        edges: ['tell:error -> ask'],
      }),
      mocks: { tell: down('http.timeout'), ask: down('http.timeout') },
    },
    { status: 'failed', error: 'effect.unknown', path: ['tell:error', 'ask:error'] },
  ],
  'tells a colleague': [
    {
      definition: define({
        nodes: {
          tell: [
            'send_notification',
            { channel: 'email', to: 'sales@example.com', text: 'A lead' },
          ],
          nobody: [
            'send_notification',
            { channel: 'email', to: '{{ contact.email }}', text: 'Hi' },
          ],
          tag: ['add_tag', { tag: 'not-told' }],
        },
        edges: ['tell -> nobody', 'nobody:not_sent -> tag'],
      }),
      contact: { email: null },
    },
    {
      status: 'completed',
      path: ['tell:next', 'nobody:not_sent', 'tag:next'],
      sends: ['tell'],
      tags: ['not-told'],
    },
  ],
  'takes the error port where a text cannot be rendered': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { subject: 'Hi', text: FAILING }, ONCE],
          tell: [
            'send_notification',
            { channel: 'email', to: 'a@example.com', text: FAILING },
            ONCE,
          ],
          tag: ['add_tag', { tag: 'unsaid' }],
        },
        edges: ['mail:error -> tell', 'tell:error -> tag'],
      }),
    },
    { status: 'completed', path: ['mail:error', 'tell:error', 'tag:next'], sends: [] },
  ],
  'lets her into another workflow': [
    {
      definition: define({
        nodes: {
          enroll: ['enroll_in_workflow', { workflow: 'other' }],
          closed: ['enroll_in_workflow', { workflow: 'closed' }],
          missing: ['enroll_in_workflow', { workflow: 'missing' }, ONCE],
          tag: ['add_tag', { tag: 'tried' }],
        },
        edges: ['enroll -> closed', 'closed:blocked -> missing', 'missing:error -> tag'],
      }),
      mocks: {
        enroll: { output: { status: 'completed' } },
        closed: { output: { status: 'blocked' } },
        missing: down('workflow.not_found'),
      },
    },
    {
      status: 'completed',
      path: ['enroll:next', 'closed:blocked', 'missing:error', 'tag:next'],
    },
  ],
  'takes her out of another workflow, or finds her not in it': [
    {
      definition: define({
        nodes: {
          enroll: ['enroll_in_workflow', { workflow: 'other' }],
          out: ['remove_from_workflow', { workflow: 'other' }],
          gone: ['remove_from_workflow', { workflow: 'closed' }],
          wrong: [
            'remove_from_workflow',
            { workflow: 'other', key: '{{ variables.nothing }}' },
            ONCE,
          ],
          tag: ['add_tag', { tag: 'out' }],
        },
        edges: ['enroll -> out', 'out -> gone', 'gone:blocked -> wrong', 'wrong:error -> tag'],
      }),
      mocks: {
        enroll: { output: { status: 'timed_out' } },
        out: { output: { status: 'timed_out' } },
        gone: { output: { status: 'blocked' } },
      },
    },
    {
      status: 'completed',
      path: ['enroll:next', 'out:next', 'gone:blocked', 'wrong:error', 'tag:next'],
    },
  ],
  'fails where the workflow that it calls is missing': [
    {
      definition: define({ nodes: { call: ['call_workflow', { workflow: 'missing' }, ONCE] } }),
      mocks: { call: down('workflow.not_found') },
    },
    { status: 'failed', error: 'workflow.not_found', path: ['call:error'] },
  ],
  'goes on when a called workflow completes': called('completed', 'next'),
  'hears that a called workflow reached its goal': called('goal_reached', 'goal_reached'),
  'hears that she left a called workflow': called('exited', 'exited'),
  'hears that a called workflow failed': called('failed', 'failed'),
  'hears that a called workflow was cancelled': called('cancelled', 'cancelled'),
  'is not let into a workflow that it calls': called('blocked', 'blocked'),
  'gives up on a called workflow in time': called('timed_out', 'timed_out'),
};
