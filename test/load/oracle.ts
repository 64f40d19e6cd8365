/** Compares errands with what they should have come to: rows, tags and scores, and what the provider has taken. */
import type { Ledger, Taken } from '../chaos/ledger';
import type { Enrollment, Observed, Step } from '../chaos/observed';
import { grouped } from '../chaos/oracle-walk';
import { nameOf, type Person } from './people';

/** A contact as she is in the end. */
export interface Contact {
  readonly workspaceId: string;
  readonly id: string;
  readonly externalId: string | null;
  readonly tags: readonly string[];
  readonly score: number;
}

export interface ErrandFindings {
  /** Enrollments by how they ended, or that they wait. */
  readonly ends: Readonly<Record<string, number>>;
  /** Whoever is not where her errand says, or has not been where it says. */
  readonly astray: readonly string[];
  /** Tags and scores that are not what her errand made of them. */
  readonly marks: readonly string[];
  /** Mails and calls: how many her errand wants in all. */
  readonly wanted: number;
  /** Wanted, and never taken. */
  readonly lost: readonly string[];
  /** Taken, and not wanted, or once too often. */
  readonly doubled: readonly string[];
  /** That say they are of another workspace or person than their enrollment is, or of none. */
  readonly foreign: readonly string[];
}

export function judgeErrands(
  people: readonly Person[],
  observed: Observed,
  contacts: readonly Contact[],
  ledger: Ledger,
): ErrandFindings {
  const judged = new Judged(observed, contacts, ledger);
  for (const person of people) judged.person(person);
  judged.unknown();
  return judged.findings;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly string[] ? string[] : T[K] };

class Judged {
  readonly findings: Mutable<ErrandFindings> & { ends: Record<string, number> } = {
    ...{ ends: {}, astray: [], marks: [], wanted: 0, lost: [], doubled: [], foreign: [] },
  };
  readonly #contacts: ReadonlyMap<string, Contact>;
  readonly #enrollments: ReadonlyMap<string, Enrollment[]>;
  readonly #steps: ReadonlyMap<string, Step[]>;
  readonly #taken: ReadonlyMap<string, Taken[]>;
  readonly #known: ReadonlySet<string>;

  constructor(observed: Observed, contacts: readonly Contact[], ledger: Ledger) {
    this.#contacts = new Map(
      contacts.map((contact) => [`${contact.workspaceId} ${contact.externalId}`, contact]),
    );
    this.#enrollments = grouped(
      observed.enrollments,
      ({ contactId, workflowKey }) => `${contactId} ${workflowKey}`,
    );
    this.#steps = grouped(observed.steps, ({ enrollmentId }) => enrollmentId);
    this.#taken = grouped(ledger.all(), ({ enrollmentId }) => enrollmentId);
    this.#known = new Set(observed.enrollments.map(({ id }) => id));
  }

  person(person: Person): void {
    const { place, externalId, errand, expected } = person;
    const contact = this.#contacts.get(`${place.id} ${externalId}`);
    const found = this.#enrollments.get(`${contact?.id} ${errand.key}`) ?? [];
    const [enrollment] = found;
    const who = `${nameOf(person)} on ${errand.key}, to be ${expected.status}`;
    for (const count of expected.effects.values()) this.findings.wanted += count;
    if (contact === undefined || enrollment === undefined || found.length > 1) {
      this.findings.astray.push(`${who}: entered ${found.length} times instead of once`);
      for (const [node, count] of expected.effects)
        if (enrollment === undefined)
          this.findings.lost.push(...Array<string>(count).fill(`${who}: ${node}`));
      return;
    }
    this.findings.ends[enrollment.status] = (this.findings.ends[enrollment.status] ?? 0) + 1;
    const told = `${who} (${enrollment.id})`;
    this.findings.astray.push(
      ...this.#walked(person, enrollment).map((text) => `${told}: ${text}`),
    );
    this.findings.marks.push(...marksOf(person, contact).map((text) => `${told}: ${text}`));
    this.#effects(person, enrollment, told);
  }

  #walked({ expected, fate }: Person, enrollment: Enrollment): string[] {
    const found: string[] = [];
    if (enrollment.status !== expected.status) found.push(`is ${enrollment.status}`);
    if ((fate.kind === 'goal') !== (enrollment.goalId !== null))
      found.push(`has reached the goal ${enrollment.goalId}`);
    const steps = this.#steps.get(enrollment.id) ?? [];
    const visits = grouped(steps, ({ nodeId }) => nodeId);
    for (const node of new Set([...visits.keys(), ...expected.visits.keys()])) {
      const [was, should] = [visits.get(node)?.length ?? 0, expected.visits.get(node) ?? 0];
      if (was !== should) found.push(`has visited ${node} ${was} times instead of ${should}`);
    }
    const open = steps.filter(({ endedAt }) => endedAt === null).map(({ nodeId }) => nodeId);
    const wanted = expected.at === null ? [] : [expected.at];
    if (open.join() !== wanted.join()) found.push(`stands at ${open.join() || 'nothing'}`);
    return found;
  }

  #effects({ place, expected }: Person, { id, contactId }: Enrollment, told: string): void {
    const { lost, doubled, foreign } = this.findings;
    const taken = this.#taken.get(id) ?? [];
    const byNode = grouped(taken, ({ nodeId }) => nodeId);
    for (const node of new Set([...byNode.keys(), ...expected.effects.keys()])) {
      const [was, should] = [byNode.get(node)?.length ?? 0, expected.effects.get(node) ?? 0];
      for (let count = was; count < should; count += 1) lost.push(`${told}: ${node}`);
      for (let count = should; count < was; count += 1) doubled.push(`${told}: ${node}`);
    }
    for (const { channel, nodeId, count, whose } of taken) {
      // A provider knows calls by their id; mails it does not.
      if (channel === 'mail' && count > 1) doubled.push(`${told}: ${nodeId}, the same ×${count}`);
      if (whose !== `${place.home}/${contactId}`) foreign.push(`${told}: ${nodeId} of ${whose}`);
    }
  }

  /** Effects that belong to nobody. */
  unknown(): void {
    for (const [enrollmentId, taken] of this.#taken)
      if (!this.#known.has(enrollmentId))
        this.findings.foreign.push(`${enrollmentId}: ${taken.map(({ id }) => id).join(', ')}`);
  }
}

function marksOf({ expected }: Person, { tags, score }: Contact): string[] {
  const [has, should] = [tags.toSorted(), [...expected.tags].toSorted()].map((each) => each.join());
  return [
    ...(has === should ? [] : [`has the tags ${has || '–'} instead of ${should || '–'}`]),
    ...(score === expected.score ? [] : [`has the score ${score} instead of ${expected.score}`]),
  ];
}
