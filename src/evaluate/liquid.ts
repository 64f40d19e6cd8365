/**
 * Templates: Liquid, bounded.
 *
 * Owns: parsing, rendering, and the size of sources and outputs. Does not own: what templates see
 * (scope.ts), what a rendering may cost (render-limits.ts). Those limits are cooperative, so source,
 * number of tags and output are capped here as well.
 *
 * 1. A template reads own properties only, reaches no file, and has no partials.
 * 2. Neither the host's clock nor chance enters: `now` is the time given, dates are in the zone given.
 * 3. What fails is a `TemplateError`; its message quotes the template, so it stays out of histories.
 */
import { Context, Liquid, Output, type Template, Token, toValueSync } from 'liquidjs';
import type { Instant, Json, JsonObject } from '../journey/json';
import { type RenderLimits, renderLimits } from './render-limits';
import { TemplateError } from './template-error';
import { instantOf, offsetMinutes } from './zone';

const MAX_SOURCE_CHARACTERS = 500_000;
const MAX_TAGS = 2_000;
const MAX_OUTPUT_CHARACTERS = 1_000_000;
const TEMPLATES_KEPT = 200;
const KEPT_SOURCE_CHARACTERS = 20_000;

/** What a template is rendered with. */
export interface RenderInput {
  readonly view: JsonObject;
  readonly at: Instant;
  readonly zone: string;
  /** For texts that are bounded together, such as those of one mail. */
  readonly limits?: RenderLimits;
}

type Dialect = 'text' | 'html';

const engines: Readonly<Record<Dialect, Liquid>> = {
  text: createEngine('text'),
  html: createEngine('html'),
};

function createEngine(dialect: Dialect): Liquid {
  const engine = new Liquid({
    parseLimit: MAX_SOURCE_CHARACTERS,
    ownPropertyOnly: true,
    strictFilters: true,
    dynamicPartials: false,
    templates: {},
    timezoneOffset: 'UTC',
    ...(dialect === 'html' ? { outputEscape: 'escape' as const } : {}),
  });
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];
  engine.unregisterFilter('sample');
  for (const name of [
    'date',
    'date_to_xmlschema',
    'date_to_rfc822',
    'date_to_string',
    'date_to_long_string',
  ]) {
    timeGiven(engine, name);
  }
  return engine;
}

/** Dates a filter by the time and zone of the render instead of the host's. */
function timeGiven(engine: Liquid, name: string): void {
  const original = engine.filters[name];
  if (typeof original !== 'function') return;
  engine.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
    const { at, zone } = this.context.getRegister<{ at: Instant; zone: string }>('time');
    const isNow = value === 'now' || value === 'today';
    const instant = isNow ? at : typeof value === 'string' ? instantOf(value, zone) : null;
    if (instant === null) return original.call(this, value, ...rest);
    const shown = name === 'date' ? withOffset(rest, instant, zone) : rest;
    return original.call(this, instant / 1000, ...shown);
  });
}

/**
 * The engine finds the offset of a zone anew for every date, at a third of a millisecond each; it takes
 * an offset in minutes as well, west of Greenwich above zero. Only `%Z` shows the zone by its name.
 */
function withOffset(rest: readonly unknown[], instant: Instant, zone: string): readonly unknown[] {
  const [format, given] = rest;
  const isTold = given !== undefined && given !== null;
  if (isTold || (format !== undefined && (typeof format !== 'string' || format.includes('Z'))))
    return rest;
  return [format, -offsetMinutes(instant, zone)];
}

/** Whether a text has anything to render. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

export interface TemplateProblem {
  readonly message: string;
  /** Where it begins in the template; null for the template as a whole. */
  readonly begin: number | null;
}

/** Why a template cannot be read, or null. For validation, before anybody is sent it. */
export function templateProblem(source: string): TemplateProblem | null {
  try {
    parse('text', source);
    return null;
  } catch (error) {
    const { message, begin } = asTemplateError(error);
    return { message, begin };
  }
}

/** Renders a text. In `html`, values are escaped unless the template says `raw`. Throws TemplateError. */
export function renderText(source: string, input: RenderInput, dialect: Dialect = 'text'): string {
  if (!isTemplate(source)) return source;
  const templates = parse(dialect, source);
  return guarded(() => {
    const emitter = cappedEmitter();
    toValueSync(
      engines[dialect].renderer.renderTemplates(templates, contextOf(dialect, input), emitter),
    );
    return storable(emitter.buffer);
  });
}

/**
 * Renders a Value: literals stay, lists and objects are rendered inside, one single expression keeps its
 * type. All its texts are bounded together.
 */
export function renderValue(value: Json, given: RenderInput): Json {
  const input = { limits: renderLimits(), ...given };
  if (typeof value === 'string') return renderTyped(value, input);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => renderValue(item, input));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renderValue(item, input)]),
  );
}

function renderTyped(source: string, input: RenderInput): Json {
  if (!isTemplate(source)) return source;
  const [only, ...others] = parse('text', source.trim());
  if (!(only instanceof Output) || others.length > 0) return renderText(source, input);
  return guarded(() => asJson(toValueSync(only.value.value(contextOf('text', input)))));
}

function asJson(value: unknown): Json {
  const text = JSON.stringify(value ?? null);
  if (text === undefined) return null;
  if (text.length > MAX_OUTPUT_CHARACTERS) throw tooLong();
  return JSON.parse(text, (_key, item: unknown) =>
    typeof item === 'string' ? storable(item) : item,
  ) as Json;
}

/** Filters can cut an emoji in half or decode a NUL, which PostgreSQL cannot store. */
function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}

function contextOf(dialect: Dialect, { view, at, zone, limits }: RenderInput): Context {
  const engine = engines[dialect];
  const context = new Context(
    view,
    { ...engine.options, timezoneOffset: zone },
    { sync: true },
    { liquid: engine, ...(limits ?? renderLimits()) },
  );
  context.setRegister('time', { at, zone });
  return context;
}

function cappedEmitter(): { buffer: string; write(part: unknown): void } {
  return {
    buffer: '',
    write(part) {
      const text = printed(part);
      if (this.buffer.length + text.length > MAX_OUTPUT_CHARACTERS) throw tooLong();
      this.buffer += text;
    },
  };
}

function printed(part: unknown): string {
  if (part === null || part === undefined) return '';
  if (Array.isArray(part)) return part.map(printed).join('');
  return typeof part === 'object' ? JSON.stringify(part) : String(part as string | number);
}

const tooLong = (): TemplateError =>
  new TemplateError(
    'invalid',
    `The rendered text is longer than ${MAX_OUTPUT_CHARACTERS} characters. Shorten the template or its loops.`,
  );

const kept = new Map<string, Template[]>();

function parse(dialect: Dialect, source: string): Template[] {
  const key = `${dialect}:${source}`;
  const known = kept.get(key);
  if (known) return known;
  const templates = guarded(() => parseWithinLimits(engines[dialect], source));
  if (source.length <= KEPT_SOURCE_CHARACTERS) {
    if (kept.size >= TEMPLATES_KEPT) kept.clear();
    kept.set(key, templates);
  }
  return templates;
}

function parseWithinLimits(engine: Liquid, source: string): Template[] {
  if (source.length > MAX_SOURCE_CHARACTERS) {
    throw new TemplateError(
      'invalid',
      `The template is longer than ${MAX_SOURCE_CHARACTERS} characters. Shorten it.`,
    );
  }
  if ((source.match(/\{[{%]/g)?.length ?? 0) > MAX_TAGS) {
    throw new TemplateError('invalid', `The template has more than ${MAX_TAGS} tags. Shorten it.`);
  }
  return engine.parse(source);
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asTemplateError(error);
  }
}

function asTemplateError(error: unknown): TemplateError {
  // The engine wraps what limits and emitters throw.
  const inner = error instanceof Error && 'originalError' in error ? error.originalError : error;
  if (inner instanceof TemplateError) return inner;
  const message = error instanceof Error ? error.message : 'The template cannot be rendered.';
  return new TemplateError('invalid', `Template: ${message}`, beginOf(error));
}

/** Where the engine says that the fault is; its errors carry the piece of the source that they are about. */
function beginOf(error: unknown): number | null {
  const token = error instanceof Error && 'token' in error ? error.token : null;
  return token instanceof Token ? token.begin : null;
}
