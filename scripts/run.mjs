import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './install.mjs';

/**
 * Runs Node with the arguments in the project folder, passes signals on, and ends as the child ends. The child has a
 * channel to this process, over which it notices when this one is killed.
 */
export function runNode(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Node could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
