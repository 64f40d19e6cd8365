import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from './atomic-file';
import type { RunFile } from './demo-context';

/** `run.json` in the home folder: there from `publish` to `remove`, and always up to date in between. */
export interface PublishedRun {
  publish(run: RunFile): void;
  /** Writes it again after a change of what was published; nothing before or after. */
  update(): void;
  remove(): void;
}

/** Removes the file of an earlier run, and writes none yet. */
export function createRunFile(home: string): PublishedRun {
  const path = join(home, 'run.json');
  let published: RunFile | null = null;
  const remove = () => {
    published = null;
    rmSync(path, { force: true });
  };
  remove();
  return {
    publish: (run) => {
      published = run;
      writeJson(path, run);
    },
    update: () => {
      if (published) writeJson(path, published);
    },
    remove,
  };
}
