import type { Passage } from '../../src/journey/admission';
import { dryRun, type DryRunRequest, type DryRunWorld } from '../../src/language/dry-run';
import { define } from '../support/define';

const NOW = Date.parse('2026-03-27T08:00:00Z');
const HOUR = 3_600_000;
const left = { type: 'cart.left' };

async function entry(
  sketch: { triggers?: object[]; enrollment?: object },
  world: Partial<DryRunWorld> = {},
  request: Partial<DryRunRequest> = {},
) {
  const { triggers = [{ event: 'cart.left' }], enrollment = {} } = sketch;
  const definition = define({
    ...{ nodes: { pause: ['wait', { for: '1h' }] }, triggers },
    settings: { enrollment },
  });
  const asked = { contact: { email: 'ada@example.com' }, ...request };
  return (await dryRun(definition, asked, { now: NOW, ...world })).entry;
}

const ALLOWED = { allowed: true, reason: null };
const LIMITED = { allowed: false, reason: 'rate_limited' };

describe('the entry of a stored contact', () => {
  const rateLimit = { max: 1, per: '1 hour' };
  const hadBeen = (triggerKey: string, startedAt: number): Passage => ({
    ...{ key: null, restarted: false, endedAt: startedAt + 1 },
    ...{ triggerKey, startedAt },
  });

  it('is judged by the rate limit of the trigger that the event pulls', async () => {
    const triggers = [{ event: 'cart.left', rateLimit }];
    const earlier = [hadBeen('cart.left#1', NOW - HOUR + 1)];
    const told = { trigger: left };
    expect(await entry({ triggers }, { earlier }, told)).toEqual(LIMITED);
    expect(await entry({ triggers }, { earlier, now: NOW + 1 }, told)).toEqual(ALLOWED);
    expect(await entry({ triggers }, {}, told)).toEqual(ALLOWED);
    expect(await entry({ triggers }, { earlier })).toEqual(ALLOWED);
  });

  it('is judged by the manual trigger where no event is given', async () => {
    const triggers = [{ type: 'manual', rateLimit }, { event: 'cart.left' }];
    const earlier = [hadBeen('manual', NOW - 1)];
    expect(await entry({ triggers }, { earlier })).toEqual(LIMITED);
    expect(await entry({ triggers }, { earlier }, { trigger: left })).toEqual(ALLOWED);
  });

  it('is open while one of the triggers whose filter holds is', async () => {
    const filter = [{ field: 'event.total', operator: 'greater_than', value: 10 }];
    const triggers = [
      { event: 'cart.left', rateLimit },
      { event: 'cart.left', filter },
    ];
    const earlier = [hadBeen('cart.left#1', NOW - 1)];
    const of = (total: number) => ({ trigger: { ...left, properties: { total } } });
    expect(await entry({ triggers }, { earlier }, of(50))).toEqual(ALLOWED);
    expect(await entry({ triggers }, { earlier }, of(5))).toEqual(LIMITED);
  });

  it('is judged by the limits of the settings first', async () => {
    const triggers = [{ event: 'cart.left', rateLimit }];
    const earlier = [hadBeen('cart.left#1', NOW - 1)];
    const enrollment = { allowMultiple: false };
    expect(await entry({ triggers, enrollment }, { earlier }, { trigger: left })).toEqual({
      allowed: false,
      reason: 'already_entered',
    });
  });
});

describe('what must hold to enter', () => {
  const asks = (condition: object) => ({
    enrollment: { entryWhen: [{ type: 'event', event: 'cart.left', ...condition }] },
  });

  it('counts the triggering event among what ever happened, and not since the enrollment', async () => {
    expect(await entry(asks({ since: 'ever' }), {}, { trigger: left })).toEqual(ALLOWED);
    expect(await entry(asks({ since: 'enrolled' }), {}, { trigger: left })).toMatchObject({
      allowed: false,
    });
  });

  it('counts each event of a long past once', async () => {
    const history = Array.from({ length: 450 }, (_, index) => ({
      ...{ id: `e${index}`, type: 'cart.left', properties: {} },
      occurredAt: NOW - HOUR + Math.floor(index / 3),
    }));
    expect(await entry(asks({ since: 'ever', count: 450 }), { history })).toEqual(ALLOWED);
    expect(await entry(asks({ since: 'ever', count: 451 }), { history })).toMatchObject({
      allowed: false,
    });
  });
});
