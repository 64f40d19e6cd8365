/** What the codes of failed calls mean for another attempt. */
import type { HttpErrorCode } from '../src/channels/http-error';

/** Ends that another attempt may escape; templates, addresses and refusals stay as they are. */
const MAY_PASS: ReadonlySet<string> = new Set<HttpErrorCode>([
  'http.unresolved',
  'http.refused',
  'http.tls_failed',
  'http.timeout',
  'http.interrupted',
  'http.unreadable',
  'http.retry_later',
  'http.status_5xx',
]);

/** Whether another attempt would meet the same end. */
export function isPermanent(code: string): boolean {
  return !MAY_PASS.has(code);
}
