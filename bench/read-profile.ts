/**
 * What the worker's CPU time was spent on, by whose code it ran in: reads the profiles that
 * `npm run bench -- --only=interpreted --profile=folder` leaves.
 *
 *     node --import tsx bench/read-profile.ts folder
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds between a sample and the one before it. */
  readonly timeDeltas: readonly number[];
}

/** Waiting is no work. */
const IDLE = ['(idle)', '(root)'];

/** Functions of Node.js that tell what they were called for. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native code'],
  ['runInContext', 'into the workflow sandbox (node:vm)'],
  ['writeBuffer', 'socket writes'],
  ['postMessage', 'messages between threads'],
]);
const STARTING =
  /webpack|tsx|esbuild|enhanced-resolve|source-map|internal\/(?:modules|bootstrap|deps)/;
const NAMED = new Map([
  ['@temporalio/worker', 'Temporal SDK'],
  ['@temporalio/core-bridge', 'Temporal SDK'],
  ['@temporalio/common', 'Temporal SDK'],
  ['@temporalio/proto', 'Temporal SDK'],
  ['protobufjs', 'Temporal SDK'],
  ['rxjs', 'Temporal SDK'],
]);

/** Whose code a frame is: a package, a room of ours, the workflows' bundle, or the runtime itself. */
function ownerOf(name: string, url: string): string {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  if (url.includes('workflow-bundle')) return 'workflow bundle: interpreter, SDK';
  if (STARTING.test(url)) return 'starting: loading and bundling';
  const owner = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1];
  if (owner !== undefined) return NAMED.get(owner) ?? owner;
  const room = /\/((?:src\/[^/]+|activities|bench|workflows))(?:\/|\.ts)/.exec(url)?.[1];
  return room === undefined ? 'Node.js' : `ours: ${room}`;
}

function timesOf({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const { functionName = '', url = '' } = frames.get(id) ?? {};
    if (IDLE.includes(functionName)) continue;
    const owner = ownerOf(functionName, url);
    times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder of the profiles.');
const total = new Map<string, number>();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
  const times = timesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
  for (const [owner, time] of times) total.set(owner, (total.get(owner) ?? 0) + time);
}
const all = [...total.values()].reduce((sum, time) => sum + time, 0);
for (const [owner, time] of [...total].toSorted(([, a], [, b]) => b - a).slice(0, 16)) {
  console.log(`${((100 * time) / all).toFixed(1).padStart(5)} %  ${owner}`);
}
console.log(
  `${(all / 1e6).toFixed(1)} s of JavaScript threads; the SDK's own threads are not seen.`,
);
