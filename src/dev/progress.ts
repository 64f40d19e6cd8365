/** One thing that takes time. */
export interface Step {
  /** Replaces the detail shown behind the title. */
  update(detail: string): void;
  /** Ends the step with one line: title, outcome, seconds. */
  done(outcome?: string): void;
}

/** Where a person watches a start: single lines, and steps that show that something still happens. */
export interface Progress {
  line(text: string): void;
  step(title: string): Step;
}

/** The part of a terminal or file stream that is used here. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

const TERMINAL_INTERVAL_MS = 200;
const PLAIN_INTERVAL_MS = 15_000;

/** On a terminal a running step is one rewritten line; elsewhere it says every 15 seconds that it goes on. */
export function createProgress(out: Output = process.stdout): Progress {
  const terminal = out.isTTY === true;
  const erase = terminal ? '\r\u001b[2K' : '';
  const line = (text: string) => void out.write(`${erase}${text}\n`);

  const step = (title: string): Step => {
    const started = Date.now();
    let detail = '';
    const describe = () => `${title}${detail ? ` – ${detail}` : ''} (${seconds(started)})`;
    const show = () => {
      if (!terminal) return line(`${describe()} …`);
      out.write(`${erase}${describe().slice(0, (out.columns || 80) - 1)}`);
    };
    const timer = setInterval(show, terminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS).unref();
    return {
      update: (text) => {
        detail = text;
      },
      done: (outcome = '') => {
        clearInterval(timer);
        line(`${title}${outcome ? ` – ${outcome}` : ''} (${seconds(started)})`);
      },
    };
  };
  return { line, step };
}

function seconds(since: number): string {
  const elapsed = (Date.now() - since) / 1000;
  if (elapsed < 60) return `${elapsed.toFixed(1)} s`;
  return `${Math.floor(elapsed / 60)} min ${Math.floor(elapsed % 60)} s`;
}
