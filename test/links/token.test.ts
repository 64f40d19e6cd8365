import { readToken, signedToken } from '../../src/links/token';

const OLD = { id: 'old', secret: 'o'.repeat(32) };
const NEW = { id: 'new', secret: 'n'.repeat(32) };
const LINK = {
  workspaceId: '0198d7c2-6a5e-7000-8000-000000000001',
  deliveryId: '0198d7c2-6a5e-7000-8000-000000000002',
  contactId: '0198d7c2-6a5e-7000-8000-000000000003',
  target: 'https://shop.example/käse?a=1&b=ü',
};

test('a token says what was signed', () => {
  expect(readToken([NEW], 'click', signedToken(NEW, 'click', LINK))).toEqual(LINK);
  const short = { ...LINK, target: '' };
  const token = signedToken(NEW, 'open', short);
  expect(readToken([NEW], 'open', token)).toEqual(short);
  expect(token.length).toBeLessThan(100);
});

test('a token of an older key is believed as long as that key is kept', () => {
  const token = signedToken(OLD, 'open', LINK);
  expect(readToken([NEW, OLD], 'open', token)).toEqual(LINK);
  expect(readToken([NEW], 'open', token)).toBeNull();
  expect(readToken([{ ...OLD, secret: 'x'.repeat(32) }], 'open', token)).toBeNull();
  // The same secret under another name is another key.
  const renamed = token.replace(/^old/, 'new');
  expect(readToken([{ ...OLD, id: 'new' }], 'open', renamed)).toBeNull();
});

test('a token of one kind is none of another', () => {
  const token = signedToken(NEW, 'open', LINK);
  expect(readToken([NEW], 'unsubscribe', token)).toBeNull();
  expect(readToken([NEW], 'click', token)).toBeNull();
});

test('a token in which one character differs is none', () => {
  const token = signedToken(NEW, 'click', LINK);
  for (let place = 0; place < token.length - 1; place += 1) {
    const other = token[place] === 'A' ? 'B' : 'A';
    const changed = token.slice(0, place) + other + token.slice(place + 1);
    expect([place, readToken([NEW], 'click', changed)]).toEqual([place, null]);
  }
});

test.each(['', '.', '..', 'new..', 'new.AAAA.AAAA', 'new.' + 'A'.repeat(9_000) + '.A', '\0'])(
  'what nobody signed is no token: %j',
  (text) => {
    expect(readToken([NEW], 'open', text)).toBeNull();
  },
);
