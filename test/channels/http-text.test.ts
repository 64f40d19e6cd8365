import { decodeBody } from '../../src/channels/http-text';

test.each([
  ['text/plain; charset=latin-1', [0x68, 0xe9], 'hé'],
  ['text/plain; charset=ISO-8859-1', [0x68, 0xe9], 'hé'],
  ['text/plain; charset="iso_8859_1"', [0x68, 0xe9], 'hé'],
  ['text/plain; charset=utf_8', [0xc3, 0xa9], 'é'],
  ['text/plain; charset=none-such', [0xc3, 0xa9], 'é'],
  [undefined, [0xc3, 0xa9], 'é'],
])('a body of %s is decoded', (contentType, bytes, text) => {
  expect(decodeBody(Uint8Array.from(bytes), contentType)).toBe(text);
});
