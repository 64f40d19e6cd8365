export interface StartOptions {
  demo: boolean;
  /** Stop when the demo has ended, instead of staying up. */
  exit: boolean;
}

export const USAGE = `npm start                 start everything, run the demo once, stay up until Ctrl-C
npm start -- --no-demo    without the demo
npm start -- --exit       stop after the demo; exit code 0 only if it went as expected`;

/** Reads the command line of `npm start`; null when it asks for help. @throws for an unknown argument. */
export function parseStartOptions(args: readonly string[]): StartOptions | null {
  const known = new Set(['--no-demo', '--exit', '--help', '-h']);
  const unknown = args.filter((argument) => !known.has(argument));
  if (unknown.length > 0)
    throw new Error(`npm start does not know ${unknown.join(', ')}. It knows:\n${USAGE}`);
  if (args.includes('--help') || args.includes('-h')) return null;
  return { demo: !args.includes('--no-demo'), exit: args.includes('--exit') };
}
