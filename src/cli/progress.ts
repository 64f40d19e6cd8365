/** One line that says what is under way, for somebody who watches: on a terminal, and never in an output. */

interface Watched {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface Progress {
  /** Replaces what was said before. */
  tell(text: string): void;
  /** Takes the line away. */
  done(): void;
}

const CLEAR = '\r\u001b[2K';

/** Silent where nobody watches. */
export function createProgress(output: Watched = process.stderr): Progress {
  if (output.isTTY !== true) return { tell: () => undefined, done: () => undefined };
  return {
    tell: (text) => void output.write(`${CLEAR}${text}`),
    done: () => void output.write(CLEAR),
  };
}

/** Does something while a line says what; the line is gone at the end. */
export async function withProgress<T>(work: (tell: Progress['tell']) => Promise<T>): Promise<T> {
  const progress = createProgress();
  try {
    return await work((text) => progress.tell(text));
  } finally {
    progress.done();
  }
}
