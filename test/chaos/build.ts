/** The product as programs that start fast: transpiled once, with the workflow code bundled as `npm run build` does it. */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowSource } from '../../src/worker';

const ROOT = resolve(__dirname, '../..');
const SOURCES = ['src', 'workflows', 'activities'];
export interface Built {
  /** The file to run for a source file, such as `src/worker.ts`. */
  program(source: string): string;
  /** Removes them. */
  stop(): Promise<void>;
}

/**
 * Builds into a folder of its own below the project, where its packages are found. `name` is what is run, `more` are
 * source files beside the product.
 */
export async function build(name: string, more: readonly string[] = []): Promise<Built> {
  const folder = join(ROOT, '.throughline', `${name}-build-${process.pid}`);
  const remove = () => rm(folder, { recursive: true, force: true });
  await remove();
  const files = [...(await Promise.all(SOURCES.map(sourcesIn))).flat(), ...more];
  const { workflowsPath, bundlerOptions } = workflowSource();
  const logger = new DefaultLogger('ERROR');
  const [{ code }] = await Promise.all([
    bundleWorkflowCode({ workflowsPath, ...bundlerOptions, logger }),
    ...files.map((file) => transpile(file, join(folder, scriptOf(file)))),
    ...['drizzle', 'journeys'].map((each) =>
      cp(join(ROOT, each), join(folder, each), { recursive: true }),
    ),
  ]);
  await writeFile(join(folder, 'workflow-bundle.js'), code);
  return { program: (source) => join(folder, scriptOf(source)), stop: remove };
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

const scriptOf = (source: string): string => source.replace(/\.ts$/, '.js');

async function transpile(source: string, target: string): Promise<void> {
  const { code } = await transformFile(join(ROOT, source), {
    configFile: false,
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}
