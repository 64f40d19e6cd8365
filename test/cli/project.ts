/** A folder as somebody works in it: files, and the run.json of a copy that runs. */
import type { TestApi } from '../http/api';
import { folderWith, throughline } from './program';

export function projectOf(api: Pick<TestApi, 'address' | 'key'>) {
  const run = JSON.stringify({ api: api.address, apiKey: api.key });
  return (files: Readonly<Record<string, string | Uint8Array>> = {}) => {
    const folder = folderWith({ ...files, '.throughline/run.json': run });
    return {
      folder,
      run: (...args: string[]) => throughline(folder, args),
      /** The same with --json; what it printed, parsed. */
      async json<T = Record<string, unknown>>(...args: string[]) {
        const { code, out, err } = await throughline(folder, [...args, '--json']);
        if (out === '') throw new Error(`It printed nothing, and told: ${err}`);
        return { code, err, value: JSON.parse(out) as T };
      },
    };
  };
}

/** A journey of one wait. */
export function waits(key: string, time = '7 days', more = '', node = 'settle'): string {
  return `key: ${key}
name: Tips
trigger: { type: manual }
steps:
  - { id: ${node}, type: wait, name: Time to settle, config: { for: ${time} } }
${more}`;
}
