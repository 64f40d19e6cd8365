/** The variables of the workspace, which every template and condition of it sees. */
import { eq } from 'drizzle-orm';
import { fail } from '../errors';
import type { Tx } from './client';
import type { Json, JsonObject } from './json';
import { listed, positionOf, type Listed, type Page } from './page';
import { workspaces } from './schema/workspaces';

export interface WorkspaceVariable {
  readonly name: string;
  readonly value: Json;
}

/** All of them together, as JSON: they are read with every step of every journey. */
const MOST_CHARACTERS = 100_000;
const BY_NAME = /^[A-Za-z0-9_-]{1,64}$/;

async function all(tx: Tx): Promise<JsonObject> {
  const [row] = await tx
    .select({ variables: workspaces.variables })
    .from(workspaces)
    .where(eq(workspaces.workspaceId, tx.workspaceId));
  return row?.variables ?? {};
}

/** The names of all. */
export const variableNames = async (tx: Tx): Promise<ReadonlySet<string>> =>
  new Set(Object.keys(await all(tx)));

export async function getVariable(tx: Tx, name: string): Promise<WorkspaceVariable | null> {
  const value = new Map(Object.entries(await all(tx))).get(name);
  return value === undefined ? null : { name, value };
}

/** Variables in the order of their names. */
export async function listVariables(tx: Tx, page: Page): Promise<Listed<WorkspaceVariable>> {
  const after = positionOf(page, BY_NAME);
  const rows = Object.entries(await all(tx))
    .map(([name, value]) => ({ name, value }))
    .filter(({ name }) => after === null || name > after)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return listed(rows, page, ({ name }) => name);
}

/** Gives a variable its value; true when there was none of that name. Fails with `request.invalid` beyond the limit. */
export async function setVariable(tx: Tx, { name, value }: WorkspaceVariable): Promise<boolean> {
  const before = new Map(Object.entries(await held(tx)));
  const created = !before.has(name);
  const after = Object.fromEntries(before.set(name, value));
  const characters = JSON.stringify(after).length;
  if (characters > MOST_CHARACTERS) throw tooLarge(characters);
  await store(tx, after);
  return created;
}

/** Takes a variable away; null when there is none of that name. */
export async function removeVariable(tx: Tx, name: string): Promise<WorkspaceVariable | null> {
  const before = new Map(Object.entries(await held(tx)));
  const value = before.get(name);
  if (value === undefined) return null;
  before.delete(name);
  await store(tx, Object.fromEntries(before));
  return { name, value };
}

/** Held until the transaction ends, so that two changes at once both count. */
async function held(tx: Tx): Promise<JsonObject> {
  const [row] = await tx
    .select({ variables: workspaces.variables })
    .from(workspaces)
    .where(eq(workspaces.workspaceId, tx.workspaceId))
    .for('no key update');
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row.`);
  return row.variables;
}

async function store(tx: Tx, variables: JsonObject): Promise<void> {
  await tx.update(workspaces).set({ variables }).where(eq(workspaces.workspaceId, tx.workspaceId));
}

function tooLarge(characters: number) {
  const message = `All variables together would have ${characters} characters as JSON; they may have ${MOST_CHARACTERS}.`;
  return fail('request.invalid', message, {
    issues: [{ code: 'request.wrong_value', path: 'value', message }],
  });
}
