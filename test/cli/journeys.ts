/** Definitions for the tests of the command line. */

export const CART = `key: abandoned-cart
name: Abandoned cart recovery
trigger: { type: event, event: cart.abandoned }
nodes:
  - { id: wait-1h, type: wait, data: { for: 1h } }
  - id: remind
    type: send_email
    name: Reminder
    data: { subject: "{{ first_name }}, your {{ event.item }}", html: "<p>Still there.</p>", trackOpens: true }
  - id: wait-open
    type: wait_for_event
    data: { event: email.opened, timeout: 1 day }
  - id: vip
    type: condition
    data: { condition: [{ type: tag, operator: includes, value: vip }] }
  - id: subject
    type: split
    data: { variants: [{ port: short, weight: 1 }, { port: long, weight: 1 }] }
  - { id: offer, type: send_email, data: { subject: "10 % off", text: "For you." } }
  - { id: tell, type: webhook, data: { url: "https://crm.example.com/carts" } }
  - { id: wait-3d, type: wait, data: { for: 3d } }
edges:
  - { source: wait-1h, target: remind }
  - { source: remind, target: wait-open }
  - { source: remind, sourceHandle: not_sent, target: end }
  - { source: wait-open, sourceHandle: received, target: wait-3d }
  - { source: wait-open, sourceHandle: timed_out, target: vip }
  - { source: vip, sourceHandle: "true", target: subject }
  - { source: subject, sourceHandle: short, target: offer }
  - { source: subject, sourceHandle: long, target: tell }
  - { source: offer, target: wait-3d }
  - { source: offer, sourceHandle: not_sent, target: end }
  - { source: tell, target: wait-3d }
goals:
  - { id: paid, event: payment.successful }
`;

export const ADA = `email: ada@example.com
firstName: Ada
timeZone: Europe/Berlin
tags: [vip]
`;

export const START = '2026-03-27T08:00:00Z';

/** A definition in the form of steps. */
export function steps(list: readonly string[], more = ''): string {
  return `key: small\nname: Small\ntrigger: { type: manual }\nsteps:\n${list.map((step) => `  - ${step}\n`).join('')}${more}`;
}
