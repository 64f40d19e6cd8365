import type { Database } from '../db/client';
import type { Evaluators } from '../journey/facts';
import type { MailLinks } from '../links/mail-links';
import type { Logger } from '../log';
import type { EnrollmentStarter } from '../temporal/enrollments';
import type { Steering } from '../temporal/steering';

export interface Readiness {
  readonly database: boolean;
  readonly temporal: boolean;
}

/** Everything the API needs from outside; composed in server.ts. */
export interface HttpDeps {
  readonly db: Database;
  readonly enrollments: EnrollmentStarter;
  readonly steering: Steering;
  readonly evaluators: Evaluators;
  /** Tells the relay that something was committed to the outbox. */
  wakeRelay(): void;
  ready(): Promise<Readiness>;
  /** Reads the links of mails; without it they lead nowhere. */
  readonly links?: MailLinks | undefined;
  /** Where caught mail is shown, in development only. */
  readonly inboxUrl?: string | undefined;
  /** Temporal's Web UI, which pages link to. */
  readonly temporalUi?: { readonly url: string; readonly namespace: string } | undefined;
  /** Under which people reach the API: behind https:// cookies go nowhere else. */
  readonly publicUrl?: string | undefined;
  /** Whose workspace the overview shows to this machine without being asked for a key, in development only. */
  readonly devKey?: string | undefined;
  /** Whom `/metrics` is answered; everybody without one. */
  readonly metricsToken?: string | undefined;
  /** Requests of one key in a second, in this process; no limit of any kind without it, and with 0. */
  readonly rateLimit?: number | undefined;
  /** How many proxies stand in front, whose X-Forwarded-For says who asks; none without it. */
  readonly trustProxy?: number | undefined;
  readonly log: Logger;
}
