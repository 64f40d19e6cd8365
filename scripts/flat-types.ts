/**
 * Writes dist/types: what `throughline/client` and `throughline/temporal` declare, each as one file that names no
 * module but those a backend installs knowingly. The declarations of the compiler lead through views and tables to
 * those of the database, which a backend without `skipLibCheck` would have to check.
 *
 * Rollup is installed as its build in WebAssembly: the native one needs a package of every platform in the lock, and
 * `npm ci` refuses the lock where a registry lacks one of them.
 */
import path from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const DIST = path.resolve(__dirname, '../dist');
const ENTRIES = { client: 'src/client/index.d.ts', temporal: 'src/temporal/backend.d.ts' };

/** Of others' types these alone: what a backend sees of schemas, and the client of Temporal that it gives. */
const NAMED = new Set(['zod', '@temporalio/client']);

async function main(): Promise<void> {
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const bundle = await rollup({
      input: path.join(DIST, entry),
      plugins: [dts()],
      external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
    });
    const { output } = await bundle.write({ file: path.join(DIST, `types/${name}.d.ts`) });
    const foreign = output[0].imports.filter((id) => !NAMED.has(id));
    if (foreign.length > 0)
      throw new Error(`dist/types/${name}.d.ts would need the types of ${foreign.join(', ')}.`);
    console.log(`wrote dist/types/${name}.d.ts (${Math.round(output[0].code.length / 1024)} KB)`);
  }
}

void main();
