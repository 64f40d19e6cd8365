import { suppressedBy, suppressedForm } from '../../src/journey/suppression';

test.each([
  ['email.bounced', {}, 'hard_bounce'],
  ['email.bounced', { kind: 'hard' }, 'hard_bounce'],
  ['email.bounced', { kind: 'permanent' }, 'hard_bounce'],
  ['email.bounced', { kind: 'soft' }, null],
  ['email.bounced', { type: 'Transient' }, null],
  ['email.bounced', { bounceType: ' deferred ' }, null],
  ['email.bounced', { kind: 5, bounce_type: 'undetermined' }, null],
  ['email.complained', { kind: 'soft' }, 'complaint'],
  ['email.unsubscribed', {}, null],
  ['sms.bounced', {}, null],
])('what "%s" with %j does to an address: %s', (type, properties, reason) => {
  expect(suppressedBy(type, properties)).toBe(reason);
});

test('a property of everybody is no kind of bounce', () => {
  expect(suppressedBy('email.bounced', Object.create({ kind: 'soft' }))).toBe('hard_bounce');
});

test('an address is told apart without regard to case and blanks around it', () => {
  expect(suppressedForm(' Ada@Example.com ')).toBe(suppressedForm('ada@example.COM'));
});
