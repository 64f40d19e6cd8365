/**
 * MJML to HTML.
 *
 * The compiler is WebAssembly (MRML): synchronous, without files and network. It reads XML alone and is silent about
 * much that is wrong, so mjml-source.ts reads the source first.
 */
import { Engine, type ParserError } from 'mrml';
import { templateProblem, type TemplateProblem } from './liquid';
import { preparedMjml, type PreparedMjml } from './mjml-source';
import { TemplateError } from './template-error';

const KEPT = 100;
const KEPT_CHARACTERS = 50_000;
/** Compiled, by the source. */
const kept = new Map<string, string>();

/** The HTML of an MJML source, Liquid and all. Throws TemplateError. */
export function htmlOfMjml(source: string): string {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const html = compiled(source);
  if (source.length <= KEPT_CHARACTERS) {
    if (kept.size >= KEPT) kept.clear();
    kept.set(source, html);
  }
  return html;
}

/** Why MJML cannot be made HTML, or null. Whether its Liquid can be read is not asked here. */
export function mjmlProblem(source: string): TemplateProblem | null {
  try {
    const inside = templateProblem(htmlOfMjml(source));
    // What stood around an element may stand elsewhere in its HTML.
    if (inside === null || templateProblem(source) !== null) return null;
    const message =
      'A Liquid tag and its end are torn apart in the HTML. Write both inside one element, or each in an <mj-raw> of its own.';
    return { message, begin: null };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { message: error.message, begin: error.begin };
  }
}

function compiled(source: string): string {
  const prepared = preparedMjml(source.trimStart());
  const lead = source.length - source.trimStart().length;
  const result = toHtml(prepared.text);
  if (result.type === 'success') return prepared.restored(result.content);
  const at = result.origin === 'parser' ? placeOf(result.details, prepared) : null;
  const message = `The MJML cannot be read: ${result.origin === 'parser' ? wordsOf(result.details) : result.message}.`;
  throw new TemplateError('invalid', message, at === null ? null : at + lead);
}

function toHtml(text: string) {
  const engine = new Engine();
  const result = engine.toHtml(text);
  engine.free();
  return result;
}

/** "invalid element at 1:161 cause invalid name token": line and column, counted from 1. */
const PLACE = / at (\d+):(\d+)/;
const PLACES = new RegExp(PLACE, 'g');

function wordsOf(error: ParserError): string {
  switch (error.type) {
    case 'parser-error':
      return error.source.replaceAll(PLACES, '');
    case 'no-root-node':
      return 'it does not begin with <mjml>';
    case 'missing-attribute':
      return `an attribute "${error.name}" is missing`;
    case 'end-of-stream':
      return 'it ends too early';
    default:
      return `there is an ${error.type.replaceAll('-', ' ')}`;
  }
}

function placeOf(error: ParserError, { text, sourceOf }: PreparedMjml): number | null {
  if ('position' in error) return sourceOf(charactersIn(text, error.position.start));
  const [, line, column] = error.type === 'parser-error' ? (PLACE.exec(error.source) ?? []) : [];
  if (line === undefined || column === undefined) return null;
  const before = text.split('\n', Number(line) - 1);
  const begin = before.reduce((sum, each) => sum + each.length + 1, 0);
  return sourceOf(Math.min(begin + Number(column) - 1, text.length));
}

/** The compiler counts bytes. */
const charactersIn = (text: string, bytes: number): number =>
  Buffer.from(text).subarray(0, bytes).toString().length;
