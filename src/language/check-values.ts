/** Values that only a zone database or a calendar can judge: zones, and dates written out. */
import type { Issue } from '../errors';
import { isTemplate } from '../evaluate/liquid';
import { instantOf, isZone } from '../evaluate/zone';
import { OPERATOR_NAMES, type OperatorName, operandOf } from '../journey/operators';
import { issueAt, quoted } from './findings';
import type { GraphSketch } from './graph-sketch';
import type { LanguageObject } from './language-objects';
import { type Path, valueAt } from './path';
import { didYouMean } from './suggest';
import { suggester } from './suggester';

/** Zones by the names that windows have for those that depend on the person. */
const RELATIVE_ZONES = ['contact', 'workspace'];

/** Zones that do not exist. A window may also name the contact's or the workspace's. */
export function unknownZones(
  { input }: GraphSketch,
  zones: readonly { readonly path: Path; readonly value: string }[],
): Issue[] {
  const unknown = zones.filter(({ path, value }) => {
    const holder = valueAt(input, path.slice(0, -1));
    const isWindow = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, 'from');
    return !isZone(value) && !(isWindow && RELATIVE_ZONES.includes(value));
  });
  if (unknown.length === 0) return [];
  const known = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const suggest = suggester(known);
  return unknown.map(({ path, value }) => {
    const found = sameCity(value, known) ?? suggest(value);
    const message = `There is no time zone ${quoted([value])}.${didYouMean(found)} Zones are named like Europe/Berlin.`;
    return issueAt('definition.unknown_zone', path, message, found);
  });
}

function sameCity(name: string, known: readonly string[]): { suggestion: string } | null {
  const ending = `/${name.trim().replace(/\s+/g, '_').toLowerCase()}`;
  const zone = known.find((each) => each.toLowerCase().endsWith(ending));
  return zone === undefined ? null : { suggestion: zone };
}

/** Literal dates that are none: `until` of a node, and what date operators compare with. */
export function badDates(sketch: GraphSketch, objects: readonly LanguageObject[]): Issue[] {
  const untils = sketch.nodes.flatMap(({ index, written }) => {
    const value = valueAt(written, ['until']);
    return badDate(value, ['nodes', index, 'data', 'until']);
  });
  const operands = objects.flatMap(({ path, value: { operator, value } }) => {
    const kind = operandKind(operator);
    if (kind === 'date') return badDate(value, [...path, 'value']);
    if (kind !== 'dates' || !Array.isArray(value)) return [];
    return value.flatMap((date, index) => badDate(date, [...path, 'value', index]));
  });
  return [...untils, ...operands];
}

function operandKind(operator: unknown): string | null {
  const name = typeof operator === 'string' ? operator.toLowerCase() : '';
  const known = (OPERATOR_NAMES as readonly string[]).includes(name);
  return known ? operandOf(name as OperatorName) : null;
}

const FIELD_PATH = /^(?:contact|event|variables|enrollment)\.[\w.]+$/;

function badDate(value: unknown, path: Path): Issue[] {
  if (typeof value !== 'string' || isTemplate(value) || instantOf(value, 'UTC') !== null) return [];
  const found = FIELD_PATH.test(value) ? { suggestion: `{{ ${value} }}` } : {};
  const message = `${quoted([value])} is no date.${didYouMean(found)} Write 2026-03-27, 2026-03-27T09:00 (local time), 2026-03-27T09:00:00Z, or a Liquid text.`;
  return [issueAt('definition.bad_date', path, message, found)];
}
