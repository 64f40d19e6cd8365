import { prepare } from './install.mjs';
import { runNode } from './run.mjs';

prepare();
runNode(['--import', 'tsx', 'src/dev/start.ts', ...process.argv.slice(2)]);
