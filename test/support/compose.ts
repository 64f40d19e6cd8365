/** docker-compose.yml as Compose reads it: YAML, with variables put in from an environment. */
import { parse } from 'yaml';
import { textOf } from '../docs/markdown';

export interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

type Env = Readonly<Record<string, string>>;

/** Throws as Compose does where a variable that must be given is not. */
export function composeFile(env: Env): ComposeFile {
  return withVariables(parse(textOf('docker-compose.yml')), env) as ComposeFile;
}

function withVariables(value: unknown, env: Env): unknown {
  if (typeof value === 'string') return interpolated(value, env);
  if (Array.isArray(value)) return value.map((item) => withVariables(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withVariables(inner, env)]),
  );
}

const VARIABLE = /\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})/g;

function interpolated(text: string, env: Env): string {
  const left = text.replaceAll(VARIABLE, '');
  if (left.includes('$')) throw new Error(`A "$" that names no variable: write "$$". In: ${text}`);
  return text.replaceAll(VARIABLE, (_whole, dollar, name: string, kind, rest: string) => {
    if (dollar !== undefined) return '$';
    const given = env[name] ?? '';
    if (given !== '' || kind === undefined) return given;
    if (kind === '-') return rest;
    throw new Error(`required variable ${name} is missing a value: ${rest}`);
  });
}

/** The variables of a file as Compose reads it beside docker-compose.yml. */
export function envFile(text: string): Env {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
