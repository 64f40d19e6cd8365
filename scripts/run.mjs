import { runChild } from './child.mjs';
import { root } from './install.mjs';

/**
 * Runs Node with the arguments in the project folder, passes signals on, and ends as the child ends. The child has a
 * channel to this process, over which it notices when this one is killed.
 */
export async function runNode(args, env = {}) {
  const code = await runChild(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  }).catch((error) => {
    console.error(`Node could not be started: ${error.message}`);
    return 1;
  });
  process.exit(code);
}
