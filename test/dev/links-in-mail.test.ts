import { linksInMail } from '../../src/dev/links-in-mail';

const links = (html: string, headers: Record<string, string> = {}) =>
  linksInMail({ html, headers }).map(({ text, url, unsubscribes }) =>
    [text, url, ...(unsubscribes ? ['unsubscribes'] : [])].join(' | '),
  );

test('links are what readers click on, with their texts, each once', () => {
  const html = `<link href="https://fonts.example.com/css?family=Lato" rel="stylesheet">
    <style>@import url(https://fonts.example.com/css);</style>
    <a class="button" href="https://shop.example.com/t/c/1?a=1&amp;b=2"><b>See
      your</b>&nbsp;cart &amp; pay</a> <A HREF='https://shop.example.com/t/c/1?a=1&amp;b=2'>See your cart &amp; pay</A>
    <a href="https://shop.example.com/"><img src="logo.png" alt="The shop"></a>
    <a href="mailto:shop@example.com">Write</a> <a name="top">Top</a> <abbr href="https://x.example/">x</abbr>
    <a href="https://shop.example.com/empty"></a>`;
  expect(links(html)).toEqual([
    'See your cart & pay | https://shop.example.com/t/c/1?a=1&b=2',
    'The shop | https://shop.example.com/',
    '(a link without a text) | https://shop.example.com/empty',
  ]);
});

test('the one that unsubscribes is told from the others, also where the headers alone have it', () => {
  const url = 'https://shop.example.com/u/token';
  const headers = { 'list-unsubscribe': `<mailto:leave@example.com>, <${url}>` };
  expect(links(`<a href="${url}">No more of this</a>`, headers)).toEqual([
    `No more of this | ${url} | unsubscribes`,
  ]);
  expect(links('Hello', headers)).toEqual([`Unsubscribe | ${url} | unsubscribes`]);
});

test('a mail that is nothing but open tags is looked through at once', () => {
  expect(links('<a href="https://a.example/" '.repeat(100_000))).toEqual([]);
  expect(links('<a href="https://a.example/">'.repeat(20_000))).toHaveLength(1);
});
