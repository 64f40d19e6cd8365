/** Whom a message may not go to: marketing heeds consent, whatever is sent otherwise does not. */
import { define } from '../support/define';
import type { Cases } from './case';

const MAIL = { subject: 'Hi', text: 'News' };
const LONG = '30 days';
const REFUSED = { consent: { email: false } };

/** Waits until the condition holds, then sends marketing. */
const mailOnce = (condition: object) =>
  define({
    nodes: {
      pause: ['wait', { untilCondition: [condition], maxWait: LONG }],
      mail: ['send_email', MAIL],
      tag: ['add_tag', { tag: 'not-sent' }],
    },
    edges: ['pause:met -> mail', 'mail:not_sent -> tag'],
  });

export const consent: Cases = {
  'sends no marketing to somebody who does not want it, but a receipt': [
    {
      definition: define({
        nodes: {
          offer: ['send_email', MAIL],
          tag: ['add_tag', { tag: 'not-sent' }],
          receipt: ['send_email', { ...MAIL, purpose: 'transactional' }],
        },
        edges: ['offer:not_sent -> tag', 'tag -> receipt'],
      }),
      contact: REFUSED,
    },
    {
      status: 'completed',
      path: ['offer:not_sent', 'tag:next', 'receipt:next'],
      sends: ['receipt'],
      tags: ['not-sent'],
    },
  ],
  'sends marketing to somebody who refuses another channel': [
    {
      definition: define({ nodes: { mail: ['send_email', MAIL] } }),
      contact: { consent: { sms: false, email: true } },
    },
    { status: 'completed', path: ['mail:next'], sends: ['mail'] },
  ],
  'sends no marketing after she has said no while she waited': [
    {
      definition: mailOnce({ field: 'contact.consent.email', operator: 'equals', value: false }),
      happenings: [{ on: 'pause', after: 100, contact: REFUSED }],
    },
    { status: 'completed', path: ['pause:met', 'mail:not_sent', 'tag:next'], sends: [] },
  ],
  'sends marketing again once her no is forgotten': [
    {
      definition: mailOnce({ field: 'consent.email', operator: 'not_exists' }),
      contact: REFUSED,
      happenings: [{ on: 'pause', after: 100, contact: { consent: { email: null } } }],
    },
    { status: 'completed', path: ['pause:met', 'mail:next'], sends: ['mail'] },
  ],
  'heeds a no that a node has stored, and tells of it': [
    {
      definition: define({
        nodes: {
          refuse: ['update_contact', { set: { 'consent.email': false } }],
          told: [
            'condition',
            {
              condition: [
                {
                  type: 'event',
                  event: 'contact.field_changed',
                  filter: [{ field: 'event.field', operator: 'equals', value: 'consent.email' }],
                },
              ],
            },
          ],
          mail: ['send_email', MAIL],
        },
        edges: ['refuse -> told', 'told:true -> mail'],
      }),
    },
    { status: 'completed', path: ['refuse:next', 'told:true', 'mail:not_sent'], sends: [] },
  ],
  'keeps silent about a template that nobody would have read': [
    {
      definition: define({
        nodes: {
          mail: [
            'send_email',
            { ...MAIL, text: `{% for a in (1..2000) %}${'y'.repeat(2_000)}{% endfor %}` },
          ],
        },
      }),
      contact: { ...REFUSED, email: null },
    },
    { status: 'completed', path: ['mail:not_sent'], sends: [], error: null },
  ],
  'sends what a stored template says': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { template: 'runtime-news' }],
          tag: ['add_tag', { tag: 'sent' }],
        },
        edges: ['mail -> tag'],
      }),
      templates: { 'runtime-news': { subject: 'News for {{ first_name }}', html: '<p>News</p>' } },
    },
    { status: 'completed', path: ['mail:next', 'tag:next'], sends: ['mail'], tags: ['sent'] },
  ],
  'sends nothing about a topic that she has refused, but about another one': [
    {
      definition: define({
        nodes: {
          offer: ['send_email', { ...MAIL, topic: 'offers' }],
          news: ['send_email', { ...MAIL, topic: 'news' }],
          said: [
            'condition',
            {
              condition: [
                { field: 'contact.consent.email.offers', operator: 'equals', value: false },
              ],
            },
          ],
          receipt: ['send_email', { ...MAIL, purpose: 'transactional' }],
        },
        edges: ['offer:not_sent -> news', 'news -> said', 'said:true -> receipt'],
      }),
      contact: { consent: { 'email.offers': false, 'email.news': true } },
    },
    {
      status: 'completed',
      path: ['offer:not_sent', 'news:next', 'said:true', 'receipt:next'],
      sends: ['news', 'receipt'],
    },
  ],
};
