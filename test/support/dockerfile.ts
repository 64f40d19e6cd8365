/**
 * Does a Dockerfile's steps without Docker: each stage is a folder, whose packages and programs of the system are this
 * machine's. It knows the few instructions that ours has, and refuses any other.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { textOf } from '../docs/markdown';
import { ROOT } from './fixture';

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

export interface Image {
  /** Where its root folder is. */
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly health: readonly string[];
}

interface Stage {
  readonly folder: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  command: readonly string[];
  health: readonly string[];
}

export function instructionsOf(file: string): Instruction[] {
  const joined = textOf(file)
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', rest = ''] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
      return { keyword, rest };
    });
}

/** Builds below the folder; answers the last stage. Throws when a step fails. */
export function buildWithoutDocker(file: string, folder: string): Image {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { keyword, rest } of instructionsOf(file)) {
    if (keyword === 'FROM') {
      const [, name = 'last'] = / AS (\w+)$/.exec(rest) ?? [];
      stage = {
        folder: join(folder, name),
        workdir: '/',
        env: {},
        user: 'root',
        command: [],
        health: [],
      };
      mkdirSync(stage.folder, { mode: 0o755 });
      stages.set(name, stage);
      continue;
    }
    const step = STEPS[keyword];
    if (step === undefined || stage === undefined)
      throw new Error(`${file}: this test does not know how to do "${keyword} ${rest}".`);
    step(stage, rest, stages);
  }
  if (stage === undefined) throw new Error(`${file} has no FROM.`);
  return stage;
}

type Step = (stage: Stage, rest: string, stages: ReadonlyMap<string, Stage>) => void;

const STEPS: Readonly<Record<string, Step>> = {
  WORKDIR(stage, rest) {
    stage.workdir = rest;
    mkdirSync(join(stage.folder, rest), { recursive: true });
  },
  ENV(stage, rest) {
    for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = value;
  },
  USER(stage, rest) {
    stage.user = rest;
  },
  EXPOSE: () => undefined,
  CMD(stage, rest) {
    stage.command = JSON.parse(rest) as string[];
  },
  HEALTHCHECK(stage, rest) {
    stage.health = JSON.parse(rest.slice(rest.indexOf('['))) as string[];
  },
  RUN({ folder, workdir, env }, rest) {
    const { NODE_ENV: _environment, ...inherited } = process.env;
    execFileSync('bash', ['-euo', 'pipefail', '-c', rest], {
      cwd: join(folder, workdir),
      // What npm has fetched before is not fetched again.
      env: { ...inherited, npm_config_prefer_offline: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  },
  COPY(stage, rest, stages) {
    const words = rest.split(' ');
    const from = words[0]?.startsWith('--from=')
      ? words.shift()?.slice('--from='.length)
      : undefined;
    const target = words.pop() ?? '';
    const root = from === undefined ? ROOT : stages.get(from)?.folder;
    if (root === undefined) throw new Error(`COPY --from=${from}: there is no such stage.`);
    for (const source of words) {
      if (from === undefined && !isSent(source))
        throw new Error(`COPY ${source}: .dockerignore keeps it out.`);
      copy(join(root, source), join(stage.folder, stage.workdir), {
        target,
        many: words.length > 1,
      });
    }
  },
};

/** As Docker: a folder's content goes into the target, a file into it or under its name. */
function copy(source: string, workdir: string, to: { target: string; many: boolean }): void {
  if (!existsSync(source)) throw new Error(`COPY: there is no ${source}.`);
  const isFolder = statSync(source).isDirectory();
  const into = !isFolder && (to.many || to.target.endsWith('/'));
  const target = join(workdir, to.target, into ? basename(source) : '');
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}

/** Whether the context that is sent to Docker has it. */
function isSent(source: string): boolean {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  return !lines.includes('*') || lines.includes(`!${source.split('/')[0]}`);
}
