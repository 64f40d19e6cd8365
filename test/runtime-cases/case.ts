/** What a case of the runtime contract is given, and what it must come to. */
import type { Definition } from '../../src/journey/definition';
import type { CommandType } from '../../src/journey/commands';
import type { JsonObject } from '../../src/journey/json';
import type { MailContent } from '../../src/journey/mail-template';
import type { ContactState, Mock } from '../../src/journey/journey-tests';

/** Something that happens to the contact while she stands on a node. */
export type Happening = {
  /** The node whose visit must be open; the event is stored then. */
  readonly on: string;
  /** Milliseconds into the simulation; chosen so that the visit is open then. */
  readonly after: number;
  readonly unheard?: boolean;
  /** Not before the visit's time is up. */
  readonly overdue?: boolean;
} & (
  | {
      readonly event: string;
      readonly properties?: JsonObject;
      /** The node whose message it names as the one that it is about. */
      readonly about?: string;
    }
  | { readonly contact: ContactState }
  | { readonly command: CommandType; readonly input?: JsonObject }
);

/**
 * What a mail server says of a mail whose answer was lost: that it has it (`found`) or not (`absent`), or nothing, since
 * nobody can ask it (`unasked`).
 */
export type LostAnswer = 'found' | 'absent' | 'unasked';

export interface Case {
  readonly definition: Definition;
  readonly contact?: ContactState;
  readonly variables?: JsonObject;
  readonly happenings?: readonly Happening[];
  readonly trigger?: { readonly type: string; readonly properties?: JsonObject };
  /** By node id, for effects: on real servers somebody answers that way; see stage-case.ts. */
  readonly mocks?: Readonly<Record<string, Mock>>;
  /** By node id, mails whose first answer is lost; see lost-answers.ts. */
  readonly lost?: Readonly<Record<string, LostAnswer>>;
  /** Stored templates, by their keys. */
  readonly templates?: Readonly<Record<string, MailContent>>;
  readonly continueOften: boolean;
}

export interface Observed {
  readonly status: string;
  readonly goalId: string | null;
  /** `node:port` of every step in order; a cancelled one is `node!`. */
  readonly path: readonly string[];
  readonly sends: readonly string[];
  readonly tags: readonly string[];
  readonly score: number;
  readonly lists: readonly string[];
  readonly attributes: JsonObject;
  readonly variables: JsonObject;
  readonly error: string | null;
  readonly reason: string | null;
}

export type RunCase = (scenario: Case) => Promise<Observed>;

export type Scenario = Omit<Case, 'continueOften'>;

export type Cases = Readonly<Record<string, readonly [Scenario, Partial<Observed>]>>;
