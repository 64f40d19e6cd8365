/**
 * Runs jest in this process, and vouches for the closing line: when jest fails before it has made its
 * reporter (global setup threw, the configuration is wrong), the line is written here.
 */
import { writeSync } from 'node:fs';

process.once('exit', (code) => {
  // Not through process.stdout: jest has put it out of action by then.
  if (code !== 0 && !globalThis.throughlineReporter) writeSync(1, '0 passed, 1 failed\n');
});

await import('../node_modules/jest/bin/jest.js');
