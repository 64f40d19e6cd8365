/**
 * Where a text stops being JSON. The host's parser names the place for some mistakes only, and in words that differ
 * from release to release.
 */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** What would have fitted there, as a noun. */
  readonly expected: string;
}

const SPACE = /[ \t\r\n]*/y;
/** Inside a text every unit from the blank on may stand, but for the quote and the backslash. */
const TOKEN =
  /[{}[\]:,]|"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next; `first` is right after an opening bracket. */
type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'more' | 'end';

/** The first place at which the text is no JSON; null when all of it is. */
export function jsonFault(text: string): JsonFault | null {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  for (let at = 0; ; ) {
    at += lengthOf(SPACE, text, at);
    const length = lengthOf(TOKEN, text, at);
    const next: State | null = length === 0 ? null : step(state, text.slice(at, at + length), open);
    if (next !== null) state = next;
    else if (at === text.length && state === 'end') return null;
    else return { ...placeOf(text, at), expected: expectedIn(state, open.at(-1)) };
    at += length;
  }
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** The state behind a token; null when it does not fit. Keeps the brackets that are open. */
function step(state: State, token: string, open: ('{' | '[')[]): State | null {
  const closes = token === '}' ? '{' : token === ']' ? '[' : null;
  if (closes !== null) {
    const fits = state === 'more' || state === (closes === '{' ? 'first name' : 'first value');
    if (!fits || open.at(-1) !== closes) return null;
    open.pop();
    return open.length === 0 ? 'end' : 'more';
  }
  switch (state) {
    case 'value':
    case 'first value':
      return afterValue(token, open);
    case 'name':
    case 'first name':
      return token.startsWith('"') ? 'colon' : null;
    case 'colon':
      return token === ':' ? 'value' : null;
    case 'more':
      if (token !== ',') return null;
      return open.at(-1) === '{' ? 'name' : 'value';
    case 'end':
      return null;
  }
}

function afterValue(token: string, open: ('{' | '[')[]): State | null {
  if (token === ':' || token === ',') return null;
  if (token !== '{' && token !== '[') return open.length === 0 ? 'end' : 'more';
  open.push(token);
  return token === '{' ? 'first name' : 'first value';
}

function expectedIn(state: State, innermost: '{' | '[' | undefined): string {
  const closing = innermost === '{' ? '"}"' : '"]"';
  switch (state) {
    case 'value':
      return 'a value';
    case 'first value':
      return 'a value or "]"';
    case 'name':
      return 'a name in double quotes';
    case 'first name':
      return 'a name in double quotes or "}"';
    case 'colon':
      return '":"';
    case 'more':
      return `"," or ${closing}`;
    case 'end':
      return 'the end';
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
