/** Which mails can be written at all; one rule for sending, for dry runs and for the mail server's last look. */

const HEADER_BREAK = /[\r\n\0]/;

/** Whether a text could end its header and begin another. */
export function breaksHeader(text: string): boolean {
  return HEADER_BREAK.test(text);
}

const ADDRESS = /^[^\s@<>()[\]\\,;:"\0]{1,64}@[^\s@<>()[\]\\,;:"\0]{1,253}$/;

/** Whether a text is one plain address: no name, no list, nothing that a header could be made of. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** Why nothing goes to this recipient; null when something may. */
export function addressProblem(to: string | null): 'no_address' | 'invalid_address' | null {
  if (to === null) return 'no_address';
  return isAddress(to) ? null : 'invalid_address';
}

/** The code of why a mail with these headers cannot be sent; null when it can. */
export function headerProblem(
  subject: string,
  senderName: string | undefined,
): 'email.header_refused' | null {
  return breaksHeader(subject) || breaksHeader(senderName ?? '') ? 'email.header_refused' : null;
}
