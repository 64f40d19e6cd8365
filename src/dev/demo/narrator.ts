import { seconds } from './explain';

/** Tells what happens while it happens, with the time since the beginning. */
export interface Narrator {
  title(text: string): void;
  say(text: string): void;
}

export function createNarrator(print: (line: string) => void): Narrator {
  const started = Date.now();
  return {
    title: (text) => {
      print(text);
      print('─'.repeat(text.length));
    },
    say: (text) => print(`${seconds(Date.now() - started).padStart(7)}  ${text}`),
  };
}
