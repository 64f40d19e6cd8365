/** Names that running workflows and operators rely on. */

/** Where enrollment workflows and their local activities run. */
export const JOURNEYS_QUEUE = 'journeys';

/** Where effects run: whatever leaves the building. */
export const EFFECTS_QUEUE = 'effects';
