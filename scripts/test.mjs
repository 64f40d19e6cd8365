import { prepare } from './install.mjs';
import { runNode } from './run.mjs';

await prepare();
// Tests compare instants: the zone of the machine must not reach them.
await runNode(['scripts/jest.mjs', ...process.argv.slice(2)], { TZ: 'UTC' });
