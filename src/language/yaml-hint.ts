/** What else to say of a text that is no YAML: whether quotation marks would help. */
import type { YAMLError } from 'yaml';

const QUOTES = 'A text that holds ": ", " #" or begins with "{{" needs quotation marks around it.';

const JSON_TEXT = /^\s*[{[]\s*["{[]/;
/** What stands before a value on its line. */
const BEFORE_VALUE = /^(?:\s|- )*(?:(?:"[^"]*"|'[^']*'|[^\s:{["'][^:]*):(?=\s|$))?\s*/;
const NEEDS_QUOTES = /: |:$| #|\{\{|["']/;

/** The hint, where a colon or a quotation mark may be the cause; else nothing. Tabs and indentation never are. */
export function quotesHint({ code, pos: [offset], message }: YAMLError, text: string): string {
  if (code === 'TAB_AS_INDENT' || code === 'BAD_INDENT' || JSON_TEXT.test(text)) return '';
  if (code === 'BAD_SCALAR_START' || message.startsWith('Missing closing')) return QUOTES;
  return NEEDS_QUOTES.test(lineAt(text, offset).replace(BEFORE_VALUE, '')) ? QUOTES : '';
}

/** Longer lines than this are not looked at beyond it. */
const LONGEST_LINE = 1_000;

function lineAt(text: string, offset: number): string {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text
    .slice(start, Math.min(end === -1 ? text.length : end, start + LONGEST_LINE))
    .trimEnd();
}
