/** Conditions that time alone changes: zones, hours, and when to look again. */
import { at, type Given, judged } from './facts';

const yes = { type: 'tag', operator: 'includes', value: 'vip' };
const no = { type: 'tag', operator: 'includes', value: 'absent' };
test("local times are meant in her zone, else the journey's, else the workspace's", async () => {
  const sevenOClock = async (given: Given) =>
    (
      await judged([{ field: 'due', operator: 'equals', value: '{{ "now" | date: "%H" }}' }], {
        ...given,
        contact: { attributes: { due: '07' }, timeZone: null, ...given.contact },
      })
    ).value;
  const workspace = { timeZone: 'America/New_York', variables: {} };
  expect(await sevenOClock({ timeZone: 'America/Chicago', workspace })).toBe(true);
  expect(await sevenOClock({ workspace })).toBe(false);
  const hers = (timeZone: string) =>
    sevenOClock({ timeZone: 'UTC', workspace, contact: { timeZone } });
  expect(await hers('America/Chicago')).toBe(true);
  expect(await hers('Mars/Olympus')).toBe(false);
});

describe('time', () => {
  const office = {
    from: '09:00',
    to: '17:30',
    days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  };
  const ask = (window: object, more = {}) => judged([{ type: 'time', window }], more);

  test('is judged in the zone of the contact', async () => {
    expect(await ask(office)).toEqual({
      value: true,
      reason: '2026-03-27T12:00:00Z is inside 09:00 to 17:30 in Europe/Berlin',
      changesAt: at('2026-03-27T16:30:00Z'),
    });
    expect(await ask(office, { contact: { timeZone: 'America/New_York' } })).toMatchObject({
      value: false,
      changesAt: at('2026-03-27T13:00:00Z'),
    });
    expect(
      await ask(
        { ...office, timeZone: 'workspace' },
        { workspace: { timeZone: 'Asia/Tokyo', variables: {} } },
      ),
    ).toMatchObject({ value: false });
  });

  test('counts an unknown zone as none, and says so', async () => {
    const verdict = await ask(office, { contact: { timeZone: 'Mars/Olympus' } });
    expect(verdict).toMatchObject({
      value: true,
      reason: expect.stringContaining('time zone Mars/Olympus is unknown, UTC counts'),
    });
  });
});

describe('changesAt of a group', () => {
  const older = { field: 'since', operator: 'older_than', value: '30d' };
  const newer = { field: 'since', operator: 'newer_than', value: '40d' };
  const given = { contact: { attributes: { since: '2026-03-01T00:00:00Z' }, tags: ['vip'] } };
  const thirty = at('2026-03-31T00:00:00Z') + 1;
  const forty = at('2026-04-10T00:00:00Z');

  test.each([
    ['AND', [older, yes], false, thirty],
    ['AND', [newer, yes], true, forty],
    ['OR', [older, no], false, thirty],
    ['OR', [newer, older], true, forty],
    ['NOT', [older], true, thirty],
    ['AND', [no, older], false, undefined],
  ])('%s of %j', async (operator, conditions, value, changesAt) => {
    const verdict = await judged({ operator, conditions }, given);
    expect(verdict.value).toBe(value);
    expect(verdict.changesAt).toBe(changesAt);
  });

  test('is the very instant at which the answer is another', async () => {
    expect((await judged([older], { ...given, at: thirty - 1 })).value).toBe(false);
    expect((await judged([older], { ...given, at: thirty })).value).toBe(true);
    expect((await judged([newer], { ...given, at: forty - 1 })).value).toBe(true);
    expect((await judged([newer], { ...given, at: forty })).value).toBe(false);
  });
});
