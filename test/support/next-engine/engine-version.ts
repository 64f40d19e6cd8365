/** The release after this one knows another engine. */
import { ENGINE_VERSION as before } from '../../../src/journey/engine-version';

export {
  DOUBTS_ARE_NO_ATTEMPTS,
  FACTS_TAKE_TURNS,
  HAS_A_CLOCK,
  MOVES_AT_THE_END,
} from '../../../src/journey/engine-version';
export const ENGINE_VERSION = before + 1;
