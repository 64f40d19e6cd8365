/** Names that an object of a JSON text has twice: the host's parser keeps the last and says nothing. */

/** Whether some object of a text that is JSON has a name twice. */
export function repeatsKey(json: string): boolean {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const end = textEnd(json, at);
      if (isName(json, end + 1)) {
        const names = open.at(-1);
        const name = textOf(json.slice(at, end + 1));
        if (names?.has(name)) return true;
        names?.add(name);
      }
      at = end;
    }
  }
  return false;
}

/** Where the text ends that begins at a quotation mark. */
function textEnd(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === '"') return at;
    if (json[at] === '\\') at += 1;
  }
  return json.length;
}

const BLANKS = ' \t\r\n';

/** In JSON a colon stands behind names only. */
function isName(json: string, behind: number): boolean {
  let at = behind;
  while (at < json.length && BLANKS.includes(json[at] ?? '')) at += 1;
  return json[at] === ':';
}

const textOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
