/**
 * What one rendering may cost, counted over all its texts.
 *
 * Owns: the steps, the time and the memory of a rendering. Does not own: what the engine counts as
 * memory, and the size of sources and outputs (liquid.ts).
 *
 * 1. Steps come first: they are the same on every machine, so what is refused is refused everywhere.
 * 2. Time stops what is slow in few steps. Another's turn on a busy machine is not the template's time:
 *    between two steps a moment is counted at most, until so much has passed that it has to end anyway.
 */
import type { Context } from 'liquidjs';
import { TemplateError } from './template-error';

const MOST_STEPS = 40_000;
const MOST_MS = 150;
const MOMENT_MS = 1;
const MOST_MS_IN_ALL = 400;
const MOST_MEMORY = 1_000_000;

type EngineLimit = Context['renderLimit'];

/** Handed to every context of one rendering. */
export interface RenderLimits {
  readonly renderLimit: EngineLimit;
  readonly memoryLimit: EngineLimit;
}

/** The engine calls both of every limit, and exports no type that others may implement. */
interface Limit {
  use(amount: number): void;
  check(now: number): void;
}

const asEngineLimit = (limit: Limit): EngineLimit => limit as unknown as EngineLimit;

/** The limits of a rendering that begins now. */
export function renderLimits(): RenderLimits {
  return { renderLimit: asEngineLimit(stepsAndTime()), memoryLimit: asEngineLimit(memory()) };
}

function stepsAndTime(): Limit {
  let steps = 0;
  let spent = 0;
  let first: number | null = null;
  let last = 0;
  return {
    use: () => undefined,
    check(now) {
      steps += 1;
      spent += first === null ? 0 : Math.min(now - last, MOMENT_MS);
      first ??= now;
      last = now;
      if (steps > MOST_STEPS) {
        const message = `The template takes more than ${MOST_STEPS} steps to render. Shorten its loops.`;
        throw new TemplateError('invalid', message);
      }
      if (spent > MOST_MS || now - first > MOST_MS_IN_ALL) {
        const message = `The template takes too long to render, longer than ${MOST_MS} ms. Shorten it or its loops.`;
        throw new TemplateError('limit', message);
      }
    },
  };
}

function memory(): Limit {
  let used = 0;
  return {
    check: () => undefined,
    use(amount) {
      used += amount > 0 ? Number(amount) : 0;
      if (used <= MOST_MEMORY) return;
      const message = `The template makes more than ${MOST_MEMORY} characters and list entries. Shorten its loops and texts.`;
      throw new TemplateError('invalid', message);
    },
  };
}
