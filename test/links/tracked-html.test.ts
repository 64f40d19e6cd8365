import { webAddress, withOpenImage, withTrackedLinks } from '../../src/links/tracked-html';

const followed: string[] = [];
const tracked = (html: string) => {
  followed.length = 0;
  return withTrackedLinks(html, (target) => {
    followed.push(target);
    return `https://t.example/?n=${followed.length}&x`;
  });
};

test.each([
  ['<a href="https://shop.example/a?b=1&amp;c=2">x</a>', 'https://shop.example/a?b=1&c=2'],
  ["<A class='x'\n HREF = 'http://shop.example/&#x61;&#98;'>x</A>", 'http://shop.example/ab'],
  ['<a title="1" href="https://shop.example">x</a>', 'https://shop.example/'],
])('a link to the web is replaced: %s', (html, target) => {
  expect(tracked(html)).toContain('"https://t.example/?n=1&amp;x"');
  expect(followed).toEqual([target]);
});

test.each([
  '<a href="mailto:ada@example.com">x</a>',
  '<a href="tel:+49">x</a>',
  '<a href="#top">x</a>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="">x</a>',
  '<a data-href="https://shop.example">x</a>',
  '<abbr href="https://shop.example">x</abbr>',
  '<img src="https://shop.example">',
  '<a name="x">https://shop.example</a>',
  `<a href="https://shop.example/${'x'.repeat(2_000)}">x</a>`,
])('whatever else stands there stays: %s', (html) => {
  expect(tracked(html)).toBe(html);
});

test('a mail of links stops being counted somewhere, and takes no time for it', () => {
  const many = '<a href="https://shop.example">x</a>'.repeat(20_000);
  expect(tracked(many)).toContain('n=500&amp;');
  expect(followed).toHaveLength(500);
  for (const hostile of ['<a ', '<a href', '<a href="', '<a\n\n', ' href= ', '<a href = '])
    expect(tracked(hostile.repeat(100_000))).toHaveLength(hostile.length * 100_000);
}, 10_000);

test('the image stands at the end of the body', () => {
  const image = '<img src="https://t.example/?a&amp;b"';
  expect(withOpenImage('<p>x</p>', 'https://t.example/?a&b')).toMatch(
    new RegExp(`^<p>x</p>${image.replace('?', '\\?')}`),
  );
  expect(withOpenImage('<body>x</BODY></html>', 'https://t.example/?a&b')).toMatch(
    /^<body>x<img [^>]*><\/BODY><\/html>$/,
  );
});

test.each([
  ['https://shop.example/a b', 'https://shop.example/a%20b'],
  ['ftp://shop.example', null],
  ['data:text/html,x', null],
  ['//shop.example', null],
])('an address of the web: %s', (text, address) => {
  expect(webAddress(text)).toBe(address);
});
