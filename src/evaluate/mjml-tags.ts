/**
 * The tags of an MJML source: which there are, and whether they are balanced.
 *
 * 1. They are not deep and not many before anything recurses: the compiler has no limit of its own.
 * 2. Every pattern is linear in the length of the source.
 */
import { TemplateError } from './template-error';
import type { Piece } from './replaced-text';

const MOST_TAGS = 4_000;
const DEEPEST = 50;

const COMPONENTS: ReadonlySet<string> = new Set([
  ...['mjml', 'mj-head', 'mj-body', 'mj-attributes', 'mj-all', 'mj-class', 'mj-breakpoint'],
  ...['mj-font', 'mj-preview', 'mj-style', 'mj-title', 'mj-raw', 'mj-section', 'mj-wrapper'],
  ...['mj-group', 'mj-column', 'mj-text', 'mj-button', 'mj-image', 'mj-divider', 'mj-spacer'],
  ...['mj-table', 'mj-hero', 'mj-navbar', 'mj-navbar-link', 'mj-social', 'mj-social-element'],
  ...['mj-accordion', 'mj-accordion-element', 'mj-accordion-title', 'mj-accordion-text'],
  ...['mj-carousel', 'mj-carousel-image'],
]);

/** Elements of HTML that have no end. */
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta source track wbr'.split(' '),
);

/** A comment, or a tag with its name, its attributes and how it ends. */
const TAG = /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:-]*)((?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>/g;

interface FoundTag extends Piece {
  readonly slash: string | undefined;
  /** Undefined for a comment. */
  readonly name: string | undefined;
}

/** Tags and comments, up to a comment that is never closed. */
export function tagsIn(text: string): FoundTag[] {
  const open = unclosedComment(text);
  const whole = open === -1 ? text : text.slice(0, open);
  return [...whole.matchAll(TAG)].map(({ 0: tag, 1: slash, 2: name, index }) => {
    return { index, text: tag, slash, name };
  });
}

const unclosedComment = (text: string): number => text.indexOf('<!--', text.lastIndexOf('-->') + 1);

/** Whether a tag begins an element that HTML lets stay open. */
export function isOpenVoid({ text, slash, name }: FoundTag): boolean {
  return name !== undefined && slash === '' && !text.endsWith('/>') && VOID.has(name.toLowerCase());
}

interface OpenTag {
  readonly name: string;
  readonly at: number;
}

/** Throws TemplateError at the first fault; `sourceOf` says where it stood before the text was prepared. */
export function checkTags(text: string, sourceOf: (offset: number) => number): void {
  const open: OpenTag[] = [];
  let tags = 0;
  const refuse = (message: string, at: number): never => {
    throw new TemplateError('invalid', message, sourceOf(at));
  };
  const comment = unclosedComment(text);
  if (comment !== -1) refuse('A comment is never closed. Write --> where it ends.', comment);
  for (const { text: tag, slash, name, index: at } of tagsIn(text)) {
    if (name === undefined) continue;
    tags += 1;
    if (tags > MOST_TAGS) refuse(`The MJML has more than ${MOST_TAGS} tags. Shorten it.`, at);
    if (slash === '/') {
      const last = open.pop();
      if (last?.name !== name) refuse(unmatched(name, last), at);
      continue;
    }
    const problem = componentProblem(name);
    if (problem !== null) refuse(problem, at);
    if (tag.endsWith('/>')) continue;
    open.push({ name, at });
    if (open.length > DEEPEST) refuse(`Tags are nested more than ${DEEPEST} levels deep.`, at);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    refuse(
      `<${unclosed.name}> is never closed. Write </${unclosed.name}> where it ends.`,
      unclosed.at,
    );
}

const unmatched = (name: string, last: OpenTag | undefined): string =>
  last === undefined
    ? `</${name}> closes nothing.`
    : `</${name}> comes while <${last.name}> is open. Close <${last.name}> before.`;

function componentProblem(name: string): string | null {
  if (name === 'mj-include')
    return '<mj-include> reaches no file. Write what it would include in its place.';
  const isOurs = name === 'mjml' || name.startsWith('mj-');
  return isOurs && !COMPONENTS.has(name) ? `There is no component <${name}> in MJML.` : null;
}
