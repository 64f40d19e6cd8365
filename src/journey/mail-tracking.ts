/** What a mail tells of its readers: which of it is recorded, and where nothing can be. */
import type { Tracking, UselessField } from './node-type';

interface Tracked {
  readonly template?: string | undefined;
  readonly html?: string | undefined;
  readonly mjml?: string | undefined;
  readonly trackOpens?: boolean | undefined;
  readonly trackClicks?: boolean | undefined;
}

/** What readers do with the mail, and whether it is recorded. */
export function trackingOf({ trackOpens, trackClicks }: Tracked): readonly Tracking[] {
  return [
    {
      ...{ event: 'email.opened', what: 'openings', field: 'trackOpens' },
      isOn: trackOpens === true,
    },
    {
      ...{ event: 'email.clicked', what: 'clicks', field: 'trackClicks' },
      isOn: trackClicks === true,
    },
  ];
}

/** Tracking of a mail that is plain text. What a stored template says is not known here. */
export function uselessTracking(mail: Tracked): readonly UselessField[] {
  if (mail.template !== undefined || mail.html !== undefined || mail.mjml !== undefined) return [];
  return trackingOf(mail)
    .filter(({ isOn }) => isOn)
    .map(({ field, what }) => ({
      field,
      why: `a plain text cannot tell of ${what}. Give the mail an HTML body ("html" or "mjml") beside its text, or remove the field.`,
    }));
}
