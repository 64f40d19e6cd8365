/** Wrong usage, or a file that cannot be read: a sentence for whoever typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
