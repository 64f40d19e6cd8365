/** Whether somebody who read one state of a thing may change it as it is now (RFC 9110, If-Match). */
export function matchesTag(ifMatch: string | undefined, tag: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((given) => given.trim() === tag);
}
