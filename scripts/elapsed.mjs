const TERMINAL_INTERVAL_MS = 200;
const PLAIN_INTERVAL_MS = 10_000;

/**
 * Says that something is under way and for how long: one rewritten line on a terminal, elsewhere a line every ten
 * seconds. Returns what ends it, with a last line.
 */
export function showElapsed(title, out = process.stdout) {
  const started = Date.now();
  const erase = out.isTTY ? '\r\u001b[2K' : '';
  const seconds = (digits) => `${((Date.now() - started) / 1000).toFixed(digits)} s`;
  const show = () =>
    out.write(out.isTTY ? `${erase}${title} (${seconds(1)})` : `${title}: ${seconds(0)} …\n`);
  out.write(`${title}${out.isTTY ? '' : '\n'}`);
  const timer = setInterval(show, out.isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  return (outcome) => {
    clearInterval(timer);
    out.write(`${erase}${outcome} (${seconds(1)})\n`);
  };
}
