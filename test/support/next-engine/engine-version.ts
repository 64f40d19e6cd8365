/** The release after this one knows another engine. */
export const ENGINE_VERSION = 3;
export const DOUBTS_ARE_NO_ATTEMPTS = 2;
