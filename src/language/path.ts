/** Where a value lies in an input. */
export type Path = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** A path as people write it: `nodes[2].data.for`, `attributes["a b"]`; empty for the whole input. */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (PLAIN_KEY.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part).slice(0, 110)}]`;
  }
  return text;
}

const PART = /\.?([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;

/** The path that a text from `pathText` names. */
export function parsePathText(text: string): Path {
  return [...text.matchAll(PART)].map(([, key, index, quoted]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (key ?? '') : unquoted(quoted);
  });
}

function unquoted(text: string): string {
  const value: unknown = JSON.parse(text);
  return String(value);
}

/** The value at a path, or undefined where there is none; own members only. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/**
 * The path in what the caller wrote, for a path that a schema reports. They differ where a bare list
 * of conditions stands for a group: the schema speaks of its `conditions`, the caller wrote none.
 */
export function writtenPath(root: unknown, path: Path): Path {
  const written: (string | number)[] = [];
  for (const part of path) {
    const isImplied = part === 'conditions' && Array.isArray(valueAt(root, written));
    if (!isImplied) written.push(part);
  }
  return written;
}
