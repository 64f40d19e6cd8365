import type { Config } from '../config';
import type { HomeLock } from './home-lock';
import type { Progress } from './progress';

/** What the parts of the stack share while it starts. */
export interface StackContext {
  config: Config;
  lock: HomeLock;
  progress: Progress;
  /** Registers how to end a part. @throws after ending it, when the copy is being stopped already. */
  own(name: string, stop: () => Promise<void>): Promise<void>;
}
