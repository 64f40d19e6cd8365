/** HTML as text: whatever is put into it is escaped, unless it is markup of ours. */

/** Markup that `html` made. */
export class Markup {
  constructor(readonly text: string) {}
}

type Filling = string | number | Markup | readonly Markup[];

/** Markup with values put in; texts are escaped, also inside quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Filling[]): Markup {
  const filled = parts.map((part, index) => part + textOf(values[index] ?? ''));
  return new Markup(filled.join(''));
}

export const NOTHING = html``;

function textOf(value: Filling): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
