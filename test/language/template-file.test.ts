import fc from 'fast-check';
import { parseTemplateText, templateFileText } from '../../src/language/template-file';

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((words) => words.replaceAll(/[{}%<>]/g, '_'));

test('a template that is written as a file is read as what it was', () => {
  const template = fc.record({
    name: text,
    subject: text,
    html: fc.constantFrom(null, '<p>no</p>\n\n  <b>22:30</b>\n'),
    text,
  });
  fc.assert(
    fc.property(template, ({ name, ...said }) => {
      const stored = { key: 'offer', name, preheader: null, mjml: null, ...said };
      const read = parseTemplateText(templateFileText(stored), 'offer');
      const html = said.html === null ? {} : { html: said.html };
      expect(read).toMatchObject({
        template: { key: 'offer', version: 1, subject: said.subject, text: said.text, ...html },
        name: name === 'offer' ? undefined : name,
      });
    }),
  );
});
