/** A text with pieces of it replaced, and the way back from a place in it to where that stood. */

/** A part of a text. */
export interface Piece {
  readonly index: number;
  readonly text: string;
}

interface Stretch {
  /** Where it begins in the new text, and where it stood. */
  readonly at: number;
  readonly from: number;
  /** Whether every place of it is the one where it stood. */
  readonly isWhole: boolean;
}

/** Replaces pieces, which are in order and apart, by what is told of each. */
export function replacing<P extends Piece>(
  text: string,
  all: readonly P[],
  by: (found: P) => string,
) {
  const stretches: Stretch[] = [{ at: 0, from: 0, isWhole: false }];
  let result = '';
  let end = 0;
  for (const found of all) {
    const other = by(found);
    if (other === found.text) continue;
    result += text.slice(end, found.index);
    stretches.push({ at: result.length, from: found.index, isWhole: true });
    result += other;
    end = found.index + found.text.length;
    stretches.push({ at: result.length, from: end, isWhole: false });
  }
  return {
    text: result + text.slice(end),
    sourceOf: (offset: number) => placeIn(stretches, offset),
  };
}

function placeIn(stretches: readonly Stretch[], offset: number): number {
  const stretch = stretches.findLast(({ at }) => at <= offset);
  if (stretch === undefined) return 0;
  return stretch.isWhole ? stretch.from : stretch.from + (offset - stretch.at);
}
