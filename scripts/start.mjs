import { prepare } from './install.mjs';
import { endWithParent } from './parent.mjs';
import { runNode } from './run.mjs';

endWithParent();
await prepare();
await runNode(['--import', 'tsx', 'src/dev/start.ts', ...process.argv.slice(2)]);
