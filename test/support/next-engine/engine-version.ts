/** The release after this one knows another engine. */
export const ENGINE_VERSION = 2;
