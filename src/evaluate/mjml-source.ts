/**
 * MJML as people write it, brought to what the compiler reads.
 *
 * Owns: hiding Liquid from the compiler, and closing what HTML leaves open. Does not own: whether the tags are
 * right (mjml-tags.ts), the HTML that comes of it (mjml.ts).
 *
 * Liquid is not markup: a tag or an output stands for itself, wherever it is, and comes back as it was.
 */
import { LONGEST_PART } from '../journey/mail-template';
import { checkTags, isOpenVoid, tagsIn } from './mjml-tags';
import { type Piece, replacing } from './replaced-text';
import { TemplateError } from './template-error';

const LIQUID = /\{[{%]/g;

/** What the compiler is given, and the way back. */
export interface PreparedMjml {
  readonly text: string;
  /** The compiled text with the Liquid that stood in the source. */
  restored(compiled: string): string;
  /** Where in the source a place of the text is. */
  sourceOf(offset: number): number;
}

/** Brings MJML to what the compiler reads. Throws TemplateError where it is written wrong. */
export function preparedMjml(source: string): PreparedMjml {
  if (source.length > LONGEST_PART.mjml) {
    const message = `The MJML is longer than ${LONGEST_PART.mjml} characters. Shorten it.`;
    throw new TemplateError('invalid', message);
  }
  const masked = mask(source);
  const closed = replacing(masked.text, tagsIn(masked.text), (tag) =>
    isOpenVoid(tag) ? `${tag.text.slice(0, -1)}/>` : tag.text,
  );
  const sourceOf = (offset: number) => masked.sourceOf(closed.sourceOf(offset));
  checkTags(closed.text, sourceOf);
  return { text: closed.text, sourceOf, restored: masked.restored };
}

function mask(source: string): PreparedMjml {
  const mark = markFor(source);
  const hidden: string[] = [];
  const replaced = replacing(source, liquidIn(source), ({ text }) => {
    hidden.push(text);
    return `${mark}${hidden.length - 1}x`;
  });
  const marks = new RegExp(`${mark}(\\d+)x`, 'g');
  return {
    ...replaced,
    restored: (compiled) =>
      compiled.replace(marks, (whole, index: string) => hidden[Number(index)] ?? whole),
  };
}

/** Tags and outputs. Where one is never closed no later one of its kind is either. */
function liquidIn(source: string): Piece[] {
  const found: Piece[] = [];
  const unclosed = new Set<string>();
  let end = 0;
  for (const { 0: open, index } of source.matchAll(LIQUID)) {
    if (index < end || unclosed.has(open)) continue;
    const close = source.indexOf(open === '{{' ? '}}' : '%}', index + 2);
    if (close === -1) unclosed.add(open);
    else {
      end = close + 2;
      found.push({ index, text: source.slice(index, end) });
    }
  }
  return found;
}

/** A word that stands nowhere in the source. */
function markFor(source: string): string {
  const taken = new Set(
    [...source.matchAll(/liquid(\d{1,9})z/g)].map(([, number]) => Number(number)),
  );
  let free = 0;
  while (taken.has(free)) free += 1;
  return `liquid${free}z`;
}
