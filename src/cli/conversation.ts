/** Lines that somebody types, or that a script pipes in. */
import { createInterface } from 'node:readline';
import type { Terminal } from './terminal';

const PROMPT = '> ';

/** Asks for lines until the input ends or nobody wants more; what is piped in is shown as if it were typed. */
export async function* typedLines(terminal: Terminal): AsyncGenerator<string> {
  const isTyped = process.stdin.isTTY && process.stdout.isTTY;
  const lines = createInterface({
    input: process.stdin,
    prompt: PROMPT,
    ...(isTyped ? { output: process.stdout } : {}),
  });
  const ask = () => (isTyped ? lines.prompt() : terminal.prompt(PROMPT));
  try {
    ask();
    for await (const line of lines) {
      if (!isTyped) terminal.line(line);
      yield line;
      ask();
    }
    terminal.line();
  } finally {
    lines.close();
  }
}
