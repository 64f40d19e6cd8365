const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Does the work and then `stop`, also when somebody interrupts it: then this process ends. */
export async function stoppedAfter<T>(
  stop: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const interrupted = () => void stop().finally(() => process.exit(130));
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    await stop();
  }
}
