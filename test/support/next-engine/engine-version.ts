/** The release after this one knows another engine. */
export const ENGINE_VERSION = 6;
export const DOUBTS_ARE_NO_ATTEMPTS = 2;
export const HAS_A_CLOCK = 3;
export const MOVES_AT_THE_END = 4;
export const FACTS_TAKE_TURNS = 5;
