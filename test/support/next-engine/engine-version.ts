/** The release after this one knows another engine. */
import { ENGINE_VERSION as before } from '../../../src/journey/engine-version';

export * from '../../../src/journey/engine-version';
export const ENGINE_VERSION = before + 1;
