/**
 * The latest way in which this code runs an enrollment. Each is told at its start which one is its own, and keeps it:
 * code that does something else, or in another order, does so from the next number on. So old enrollments
 * replay as they began, and workers can be rolled back while no enrollment has begun under the new number.
 */
export const ENGINE_VERSION = 5;

/** From here on an attempt that was cut off, or a doubt, uses up none of the attempts of a node's `retry`. */
export const DOUBTS_ARE_NO_ATTEMPTS = 2;

/** From here on an enrollment tells the time by its history alone, and ends workflow tasks that last. */
export const HAS_A_CLOCK = 3;

/** From here on a goal that reroutes is followed even when it is found while the enrollment is being closed. */
export const MOVES_AT_THE_END = 4;

/** From here on an enrollment asks for one fact after the other. */
export const FACTS_TAKE_TURNS = 5;
