/** The release after this one knows another engine. */
export const ENGINE_VERSION = 4;
export const DOUBTS_ARE_NO_ATTEMPTS = 2;
export const HAS_A_CLOCK = 3;
