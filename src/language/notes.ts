/** What is found wrong, or worth a warning, while what was written is brought to the canonical form. */
import type { Issue } from '../errors';
import { pathText } from './path';
import { didYouMean, suggestion } from './suggest';
import { type Place, pathOf } from './written';

/** More of a kind than anybody reads; looking for what was meant would take long for each of a flood. */
const MAX_ISSUES = 100;

/** Collects issues in the caller's words: their paths are places of what was written. */
export class Notes {
  readonly errors: Issue[] = [];
  readonly warnings: Issue[] = [];
  /** How many names may still be compared with known ones. */
  comparisons = MAX_ISSUES;

  error(name: string, place: Place, message: string, found: { suggestion?: string } = {}): void {
    add(this.errors, issue(name, place, message, found));
  }

  warn(name: string, place: Place, message: string, found: { suggestion?: string } = {}): void {
    add(this.warnings, issue(name, place, message, found));
  }

  /** A text that is none of the choices. */
  notAChoice(place: Place, given: string, choices: readonly string[]): void {
    const found = this.errors.length < MAX_ISSUES ? suggestion(given, choices) : {};
    const wanted = choices.map((choice) => `"${choice}"`).join(', ');
    const message = `Expected one of ${wanted}, got "${given.slice(0, 60)}".${didYouMean(found)}`;
    this.error('wrong_value', place, message, found);
  }

  /** A field that does not exist. */
  unknownField(place: Place, name: string, known: Iterable<string>): void {
    const found = this.errors.length < MAX_ISSUES ? suggestion(name, known) : {};
    const message = `There is no field "${name.slice(0, 100)}" here.${didYouMean(found)}`;
    this.error('unknown_field', place, message, found);
  }
}

/** A value that is read twice, as part of a shorthand and by its schema, is complained of once. */
function add(issues: Issue[], issue: Issue): void {
  if (issues.length >= MAX_ISSUES) return;
  const isKnown = issues.some(
    ({ path, message }) => path === issue.path && message === issue.message,
  );
  if (!isKnown) issues.push(issue);
}

function issue(name: string, place: Place, message: string, found: { suggestion?: string }): Issue {
  return { code: `definition.${name}`, path: pathText(pathOf(place)), message, ...found };
}
