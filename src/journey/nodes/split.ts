import { z } from 'zod';
import { type DecisionOutcome, defineNodeType } from '../node-type';
import { portName } from '../names';

const variant = z.strictObject({
  port: portName,
  weight: z.number().min(0).max(1_000_000).describe('Its share, beside those of the others.'),
  name: z.string().max(200).optional().describe('What people call it.'),
});

type Variant = z.infer<typeof variant>;

export const split = defineNodeType({
  type: 'split',
  kind: 'decision',
  summary: 'Splits people among variants by weight.',
  description:
    'The holdout is drawn first, by a salt of its own. `sticky` keeps the first variant that a contact was assigned in the experiment, across versions and re-entries, while its port exists; `random` draws anew at each visit. The unassigned are placed by weighted rendezvous hashing, so a changed weight moves as few as possible.',
  config: z.strictObject({
    variants: z
      .array(variant)
      .min(1)
      .max(20)
      .refine(
        (variants) => new Set(variants.map(({ port }) => port)).size === variants.length,
        'Variants differ by port.',
      )
      .refine(
        (variants) => variants.some(({ weight }) => weight > 0),
        'Some variant needs a weight above 0.',
      )
      .describe('The variants.'),
    holdout: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('The percentage that takes no variant at all.'),
    assignment: z
      .enum(['sticky', 'random'])
      .default('sticky')
      .describe('Whether a contact keeps her variant.'),
    experiment: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('What splits share that belong together; workflow and node when absent.'),
  }),
  ports: ({ variants, holdout }) => [
    ...variants.map(({ port }) => port),
    ...(holdout === undefined ? [] : ['holdout']),
  ],
  portNames: 'the variants; with `holdout`: `holdout`',
  comparesPorts: true,
  missingEdge: 'end',
  examples: [
    {
      title: 'Everybody goes one way',
      data: { variants: [{ port: 'a', weight: 1 }] },
      takes: 'a',
    },
    {
      title: 'Two subject lines, a tenth is held out',
      data: {
        variants: [
          { port: 'short', weight: 50, name: 'Short subject' },
          { port: 'long', weight: 50 },
        ],
        holdout: 10,
        experiment: 'subject-line',
      },
      takes: 'short',
    },
  ],
  async decide(config, facts, { fraction }, visit) {
    const experiment = config.experiment ?? `${facts.enrollment.workflowKey}/${visit.node}`;
    const chosen = new Map(Object.entries(facts.chosen));
    const forced = chosen.get(visit.node) ?? chosen.get(experiment);
    if (forced !== undefined && isOpen(forced, config))
      return { port: forced, reason: { code: 'split.chosen' } };
    if (config.assignment === 'random') {
      return draw(config, `${facts.enrollment.id}/${visit.node}/${visit.number}`, fraction);
    }
    const kept = await facts.assignment(experiment);
    if (kept !== null && isOpen(kept, config))
      return { port: kept, reason: { code: 'split.kept' } };
    return assigned(draw(config, `${experiment}/${facts.contact.id}`, fraction), experiment);
  },
});

interface Shares {
  readonly variants: readonly Variant[];
  readonly holdout?: number | undefined;
}

function isOpen(port: string, { variants, holdout }: Shares): boolean {
  return port === 'holdout' ? holdout !== undefined : variants.some((each) => each.port === port);
}

function draw(
  { variants, holdout = 0 }: Shares,
  person: string,
  fraction: (text: string) => number,
): DecisionOutcome<string> {
  if (fraction(`holdout/${person}`) * 100 < holdout)
    return { port: 'holdout', reason: { code: 'split.held_out' } };
  let best: { readonly port: string; readonly score: number } | null = null;
  for (const { port, weight } of variants) {
    if (weight === 0) continue;
    // Weighted rendezvous: the logarithm turns an even draw into one by weight.
    const score = -weight / Math.log(fraction(`${person}/${port}`) || Number.MIN_VALUE);
    if (best === null || score > best.score) best = { port, score };
  }
  return { port: best?.port ?? null, reason: { code: 'split.drawn' } };
}

function assigned(outcome: DecisionOutcome<string>, experiment: string): DecisionOutcome<string> {
  if (outcome.port === null) return outcome;
  return { ...outcome, writes: [{ kind: 'assign', experiment, port: outcome.port }] };
}
