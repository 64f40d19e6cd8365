import { z } from 'zod';

/** Names a list of the workspace, by its key. */
export const listKey = z
  .string()
  .trim()
  .min(1, 'Name the list by its key.')
  .max(100, 'A list key has 100 characters at most.');
