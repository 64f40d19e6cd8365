/** One tag or several, as the nodes that add and remove them take them. */
import { z } from 'zod';
import { EvaluationFailed, type Evaluators, type Facts } from './facts';
import type { Json } from './json';
import { isLiquid, needText } from './value';

const LONGEST = 100;
const MOST = 50;

const tag = z
  .string()
  .trim()
  .min(1, 'A tag cannot be empty.')
  .max(2_000)
  .refine(
    (text) => isLiquid(text) || text.length <= LONGEST,
    `A tag has ${LONGEST} characters at most.`,
  );

/** Either `tag` or `tags`. */
export const tagNames = z
  .strictObject({
    tag: tag.optional().describe('One tag.'),
    tags: z.array(tag).min(1).max(MOST).optional().describe('Several tags.'),
  })
  .refine(({ tag, tags }) => (tag === undefined) !== (tags === undefined), {
    message: 'Give either "tag" or "tags".',
  });

export type TagNames = z.infer<typeof tagNames>;

/** The tags as they are written. */
export function writtenTags({ tag, tags }: TagNames): readonly string[] {
  return tags ?? (tag === undefined ? [] : [tag]);
}

/** The tags with Liquid rendered; one that gives a list gives several. @throws EvaluationFailed. */
export async function renderedTags(
  names: TagNames,
  facts: Facts,
  evaluators: Evaluators,
): Promise<readonly string[]> {
  const written = writtenTags(names);
  const rendered = (await evaluators.value(written, facts)) as readonly Json[];
  return rendered.flat().map(checked);
}

function checked(value: Json): string {
  const name = needText('tag.not_a_text', 'tag', value).trim();
  if (name === '' || name.length > LONGEST) {
    throw new EvaluationFailed(
      'tag.not_a_text',
      `A tag has 1 to ${LONGEST} characters; this one has ${name.length}.`,
    );
  }
  return name;
}
