import { addressOf } from './server-address';

/** The address of the Temporal dev server that all test files share; the first to ask starts it. */
export function temporalAddress(): Promise<string> {
  return addressOf('temporal');
}
