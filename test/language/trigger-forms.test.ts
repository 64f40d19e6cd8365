import { bad, good, is, isVip, parse, vip } from './envelope';

describe('triggers', () => {
  const event = (name: string, conditions?: object[]) => ({
    type: 'event',
    event: name,
    ...(conditions === undefined ? {} : { filter: { operator: 'AND', conditions } }),
  });

  test.each<[object, object]>([
    [{ type: 'MANUAL' }, { type: 'manual' }],
    [{ type: 'api' }, { type: 'manual' }],
    [{ type: 'EVENT', event: 'cart.paid' }, event('cart.paid')],
    [{ event: 'cart.paid' }, event('cart.paid')],
    [{ type: 'CONTACT_CREATED' }, event('contact.created')],
    [{ type: 'cart.paid' }, event('cart.paid')],
    [
      { type: 'tag_added', config: { tag: 'vip' } },
      event('contact.tag_added', [is('event.tag', 'vip')]),
    ],
    [
      { type: 'tag_added', config: { tag: ['vip', 'pro'] } },
      event('contact.tag_added', [{ field: 'event.tag', operator: 'in', value: ['vip', 'pro'] }]),
    ],
    [
      { type: 'form.submitted', config: { formId: 'f', filters: [vip] } },
      event('form.submitted', [{ operator: 'AND', conditions: [is('event.formId', 'f')] }, isVip]),
    ],
    [
      { type: 'opportunity.stage_changed', config: { stage: 'won' } },
      event('opportunity.stage_changed', [is('event.stage', 'won')]),
    ],
    [
      { type: 'contact.field_changed', config: { field: 'email' } },
      event('contact.field_changed', [is('event.field', 'email')]),
    ],
    [{ type: 'cart.paid', conditions: [vip] }, event('cart.paid', [vip])],
    [{ type: 'cart.paid', filters: vip }, event('cart.paid', [vip])],
    [
      { type: 'cart.paid', filter: { operator: 'and', conditions: [vip] } },
      event('cart.paid', [vip]),
    ],
    [{ type: 'cart.paid', filters: [] }, event('cart.paid')],
    [
      { type: 'cart.paid', rateLimit: { max: 2, per: '1 day' } },
      { ...event('cart.paid'), rateLimit: { max: 2, per: 86_400_000 } },
    ],
    [
      { type: 'manual', rateLimiting: { maxPerContact: 1, timeWindow: '1h' } },
      { type: 'manual', rateLimit: { max: 1, per: 3_600_000 } },
    ],
  ])('%j is %j', (trigger, canonical) => {
    expect(good({ trigger }).triggers).toEqual([canonical]);
    expect(good({ trigger: undefined, triggers: [trigger] }).triggers).toEqual([canonical]);
  });

  test.each<[object, string[]]>([
    [{ type: 'schedule', cron: '0 9 * * *', segment: 'x' }, ['unsupported', 'trigger.type']],
    [{ type: 'SEGMENT_ENTRY', segment: 'x' }, ['unsupported', 'trigger.type']],
    [{ type: 'segment_exit', segment: 'x' }, ['unsupported', 'trigger.type']],
    [{ type: 'date', field: 'born' }, ['unsupported', 'trigger.type']],
    [{ type: 'date.birthday' }, ['unsupported', 'trigger.type']],
    [{ type: 'webhook', contact: {} }, ['unsupported', 'trigger.type']],
    [
      { type: 'cart.paid', rateLimit: { max: 0, per: '1d' } },
      ['wrong_value', 'trigger.rateLimit.max'],
    ],
    [
      { type: 'manual', rateLimit: { max: 1, per: '0s' } },
      ['wrong_value', 'trigger.rateLimit.per'],
    ],
    [{ type: 'manual', rateLimit: { max: 1 } }, ['missing_field', 'trigger.rateLimit.per']],
    [
      { type: 'cart.paid', rateLimiting: { maxPerContact: 1, timeWindow: 'soon' } },
      ['wrong_value', 'trigger.rateLimiting.timeWindow'],
    ],
    [
      { type: 'cart.paid', rateLimit: { max: 1, per: '1d' }, rateLimiting: {} },
      ['wrong_value', 'trigger.rateLimiting'],
    ],
    [
      { type: 'cart.paid', rateLimits: { max: 1, per: '1d' } },
      ['unknown_field', 'trigger.rateLimits', 'rateLimit'],
    ],
    [{ type: 'evnt' }, ['wrong_value', 'trigger.type', 'event']],
    [{ type: 'manul' }, ['wrong_value', 'trigger.type', 'manual']],
    [{ type: 'two words' }, ['wrong_value', 'trigger.type']],
    [{ type: 'event' }, ['missing_field', 'trigger.event']],
    [{ type: 'event', event: 'two words' }, ['wrong_value', 'trigger.event']],
    [{ type: 'tag_added', config: { tga: 'vip' } }, ['unknown_field', 'trigger.config.tga', 'tag']],
    [{ type: 'cart.paid', fliter: [] }, ['unknown_field', 'trigger.fliter', 'filter']],
    [
      { type: 'cart.paid', conditions: [{ field: 'x', operator: 'euqals', value: 1 }] },
      ['wrong_value', 'trigger.conditions[0].operator', 'equals'],
    ],
    [{ type: 'cart.paid', filter: [], filters: [] }, ['wrong_value', 'trigger.filters']],
  ])('%j is refused', (trigger, issue) => {
    expect(bad({ trigger })).toEqual([issue]);
  });

  test('the quiet time of an abandoned form is ignored, and that is said', () => {
    const { definition, warnings } = parse({
      trigger: { type: 'FORM_ABANDONED', config: { formId: 'f', abandonmentTime: 30 } },
    });
    expect(definition?.triggers).toEqual([event('form.abandoned', [is('event.formId', 'f')])]);
    expect(warnings.map(({ path }) => path)).toEqual(['trigger.config.abandonmentTime']);
  });
});
