import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Starts a program that this process stands in for: signals are passed on to it. Resolves when it has ended, with an
 * exit code; 128 and more stand for a signal, as in a shell. Rejects when it cannot be started.
 */
export function runChild(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const forward = SIGNALS.map((signal) => [signal, () => child.kill(signal)]);
    for (const [signal, pass] of forward) process.on(signal, pass);
    const ended = () => {
      for (const [signal, pass] of forward) process.off(signal, pass);
    };
    child.once('error', (error) => {
      ended();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      ended();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
