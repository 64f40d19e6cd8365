import { renderEmail } from '../../src/evaluate/email';
import { templateProblem } from '../../src/evaluate/liquid';
import { missingNames } from '../../src/evaluate/missing-names';
import { htmlOfMjml, mjmlProblem } from '../../src/evaluate/mjml';
import { factsOf } from './facts';

const within = (content: string) =>
  `<mjml><mj-body><mj-section><mj-column>${content}</mj-column></mj-section></mj-body></mjml>`;

describe('MJML becomes HTML', () => {
  test('with its Liquid as it was, wherever it stands', () => {
    const html = htmlOfMjml(
      within(
        `<mj-text>{% if contact.score < 3 %}Hi {{ first_name | default: "<you> & co" }}{% endif %}</mj-text>
         <mj-button href="{{ unsubscribe_url }}?a=1&amp;b=2">No</mj-button>
         <mj-raw>{% for item in variables.items %}<p>{{ item }}</p>{% endfor %}</mj-raw>`,
      ),
    );
    expect(html).toContain('<!doctype html>');
    expect(html).toContain(
      '{% if contact.score < 3 %}Hi {{ first_name | default: "<you> & co" }}{% endif %}',
    );
    expect(html).toContain('href="{{ unsubscribe_url }}?a=1&amp;b=2"');
    expect(html).toContain('{% for item in variables.items %}<p>{{ item }}</p>{% endfor %}');
    expect(templateProblem(html)).toBeNull();
  });

  test('written as HTML is, with elements that have no end, and words that the marks of ours are made of', () => {
    const html = htmlOfMjml(
      within('<mj-text>liquid0z liquid0z0x<br>&nbsp;<img src="a.png">{{ x }}</mj-text>'),
    );
    expect(html).toContain('liquid0z liquid0z0x<br />&nbsp;<img src="a.png" />{{ x }}');
  });

  test('behind white space, and the same every time', () => {
    const source = `\n  ${within('<mj-text>x</mj-text>')}\n`;
    expect(htmlOfMjml(source)).toBe(htmlOfMjml(source));
    expect(mjmlProblem(source)).toBeNull();
  });
});

const placed = (source: string) => {
  const problem = mjmlProblem(source);
  if (problem === null) return null;
  const { begin, message } = problem;
  return [message, begin === null ? null : source.slice(begin, begin + 12)];
};

test.each([
  [within('<mj-text>{{ a }}<b>x</mj-text>'), '</mj-text> comes while <b> is open', '</mj-text></'],
  [within('<br>{{ a }}<mj-nope/>'), 'There is no component <mj-nope>', '<mj-nope/></'],
  [within('<mj-include path="/etc/passwd"/>'), '<mj-include> reaches no file', '<mj-include '],
  ['<mjml>\n<mj-body>\n<p>', '<p> is never closed', '<p>'],
  ['<mjml><mj-body></mj-body></mjml></p>', '</p> closes nothing', '</p>'],
  ['hello', 'The MJML cannot be read', 'hello'],
  ['', 'it does not begin with <mjml>', null],
  ['<html><body>x</body></html>', 'unexpected token', '<html><body>'],
  [within('<mj-text a=b>x</mj-text>'), 'The MJML cannot be read', null],
  [
    `<mjml><mj-body>${'<mj-wrapper></mj-wrapper>'.repeat(2_001)}`,
    'more than 4000 tags',
    '<mj-wrapper>',
  ],
  [`<mjml><mj-body>${'<mj-wrapper>'.repeat(200)}`, 'more than 50 levels', '<mj-wrapper>'],
  [`<mjml>${'x'.repeat(100_000)}</mjml>`, 'longer than 100000 characters', null],
])('%.60s is refused, at its place', (source, message, begin) => {
  const found = placed(source);
  expect(found?.[0]).toContain(message);
  if (begin !== null) expect(found?.[1]).toBe(begin.slice(0, 12));
});

test('what is refused leaves nothing broken behind', () => {
  for (let depth = 10; depth <= 60; depth += 10) {
    const nested = '<mj-wrapper>'.repeat(depth) + '</mj-wrapper>'.repeat(depth);
    mjmlProblem(`<mjml><mj-body>${nested}</mj-body></mjml>`);
  }
  expect(mjmlProblem(within('<mj-text>x</mj-text>'))).toBeNull();
});

test.each(['<a "', '<', '<!--', '{{', '{%', '<a b="', "<a '", '<a>', '-->'])(
  'a source of %j alone is refused',
  (piece) => {
    expect(mjmlProblem(`<mjml>${piece.repeat(90_000 / piece.length)}`)).not.toBeNull();
  },
);

describe('a mail', () => {
  const facts = factsOf({ contact: { firstName: 'A<da' }, variables: { shop: 'B & C' } });

  test('is rendered from MJML, values escaped', () => {
    const mjml = within('<mj-text>Hi {{ first_name }}</mj-text>');
    const { html, subject } = renderEmail({ subject: 'For {{ first_name }}', mjml }, facts);
    expect(subject).toBe('For A<da');
    expect(html).toContain('Hi A&lt;da');
  });

  test('has its preheader in front of all else, and none where it is empty', () => {
    const mail = { subject: 'x', preheader: 'From {{ variables.shop }}' };
    const { html } = renderEmail(
      { ...mail, html: '<html><body class="a"><p>x</p></body></html>' },
      facts,
    );
    expect(html).toMatch(/<body class="a"><div style="display:none[^>]*>From B &amp; C<\/div><p>x/);
    expect(renderEmail({ ...mail, html: '<p>x</p>' }, facts).html).toMatch(/^<div .*<\/div><p>x/);
    const empty = renderEmail({ subject: 'x', preheader: '{{ none }}', html: '<p>x</p>' }, facts);
    expect(empty.html).toBe('<p>x</p>');
  });

  test('tells which names have no value', () => {
    const mail = {
      subject: '{{ first_name }} {{ contact.lastName }} {{ unsubscribe_url }}',
      html: '{% for i in variables.items %}{{ i.name }}{% endfor %}{{ coupon }}{{ contact.lastName }}',
      text: '{{ contact.tags.size }} {{ shop }} {{ contact.__proto__ }}',
    };
    expect(missingNames(mail, facts, ['unsubscribe_url'])).toEqual([
      ...['contact.lastName', 'variables.items', 'coupon', 'contact.__proto__'],
    ]);
  });
});
