/**
 * Spellings that mean the same, found by the schema that describes a value: enum values in any case,
 * events by the catalogue, conditions in all their forms. So a new node type needs no entry here.
 */
import { z } from 'zod';
import { conditionGroup } from '../../journey/condition';
import { eventType } from '../../journey/names';
import type { Notes } from '../notes';
import { choicesOf, fieldOf, isA, optionsOf } from '../schema-shape';
import { list, scalar, type Written, type WrittenObject, type WrittenScalar } from '../written';
import { groupOf } from './conditions';
import { eventName } from './event-names';

const OWN_MEANING = [conditionGroup, eventType];

const found = new WeakMap<z.ZodType, readonly z.ZodType[]>();

/** What a value may be; looked up once for each schema, since schemas are many and definitions more. */
function alternatives(schema: z.ZodType): readonly z.ZodType[] {
  const known = found.get(schema) ?? optionsOf(schema, OWN_MEANING);
  found.set(schema, known);
  return known;
}

/** A value in the spelling that its schema knows. What fits no schema stays as it was written. */
export function spelled(written: Written, schema: z.ZodType, notes: Notes): Written {
  const options = alternatives(schema);
  if (options.some((option) => isA(option, conditionGroup))) return groupOf(written, notes);
  if (written.kind === 'scalar') return spelledText(written, options, notes);
  if (written.kind === 'list') {
    const element = options.find((option) => option instanceof z.ZodArray)?.element as
      | z.ZodType
      | undefined;
    if (element === undefined) return written;
    return list(
      written.place,
      written.items.map((item) => spelled(item, element, notes)),
    );
  }
  return spelledObject(written, options, notes);
}

function spelledText(written: WrittenScalar, options: readonly z.ZodType[], notes: Notes): Written {
  const { value } = written;
  if (typeof value !== 'string') return written;
  const choices = options.flatMap(choicesOf);
  if (choices.includes(value)) return written;
  const lower = value.toLowerCase();
  const choice = choices.find((each) => each.toLowerCase() === lower);
  if (choice !== undefined) return scalar(written.place, choice);
  return options.some((option) => isA(option, eventType)) ? eventName(written, notes) : written;
}

function spelledObject(
  written: WrittenObject,
  options: readonly z.ZodType[],
  notes: Notes,
): WrittenObject {
  const schema = bestObject(written, options);
  const record = options.find((option) => option instanceof z.ZodRecord);
  for (const [name, field] of written.fields) {
    const inner = schema === null ? record?.valueType : fieldOf(schema, name);
    if (inner !== undefined) written.fields.set(name, spelled(field, inner as z.ZodType, notes));
  }
  return written;
}

/** Of several objects the one whose literals fit and that knows most of the fields. */
function bestObject(written: WrittenObject, options: readonly z.ZodType[]): z.ZodObject | null {
  const objects = options.filter((option) => option instanceof z.ZodObject);
  if (objects.length < 2) return objects[0] ?? null;
  const known = (schema: z.ZodObject) =>
    [...written.fields].filter(([name, field]) => {
      const inner = fieldOf(schema, name);
      return inner !== undefined && admits(inner, field);
    }).length;
  return objects.reduce((best, each) => (known(each) > known(best) ? each : best));
}

function admits(schema: z.ZodType, written: Written): boolean {
  const options = alternatives(schema);
  const [only] = options;
  if (options.length !== 1 || !(only instanceof z.ZodLiteral)) return true;
  const text = written.kind === 'scalar' ? String(written.value).toLowerCase() : null;
  return choicesOf(only).some((choice) => choice.toLowerCase() === text);
}
