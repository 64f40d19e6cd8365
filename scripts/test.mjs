import { prepare } from './install.mjs';
import { runNode } from './run.mjs';

prepare();
// Tests compare instants: the zone of the machine must not reach them.
runNode(['scripts/jest.mjs', ...process.argv.slice(2)], { TZ: 'UTC' });
