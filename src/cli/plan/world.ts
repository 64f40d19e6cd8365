/** What an API holds of the workflows that files speak of, as a plan looks at it. */
import type { ThroughlineClient } from '../../client/index';
import type { Template, Version, Workflow } from '../../client/types';
import type { Definition } from '../../journey/definition';
import type { MailTemplate } from '../../journey/mail-template';
import { orNull } from '../or-null';
import { everyPage } from '../pages';

export interface World {
  /** Null where there is no workflow of that key. */
  readonly workflow: Workflow | null;
  readonly active: { readonly definition: Definition; readonly contentHash: string } | null;
  /** The number that the next version gets. */
  readonly nextVersion: number;
  /** Versions with people on their way. */
  readonly underWay: readonly Version[];
}

const NOTHING: World = { workflow: null, active: null, nextVersion: 1, underWay: [] };

/** Looks at one workflow by its key. */
export async function readWorld(client: ThroughlineClient, key: string): Promise<World> {
  const workflow = await findWorkflow(client, key);
  if (workflow === null) return NOTHING;
  const versions = await everyPage((page) => client.workflows.versions(key, page));
  const { version } = workflow;
  return {
    workflow,
    active: version === null ? null : await readVersion(client, key, version),
    nextVersion: (versions[0]?.version ?? 0) + 1,
    underWay: versions.filter(({ openEnrollments }) => openEnrollments > 0),
  };
}

/** The workflow with this key or id, or null. */
export const findWorkflow = (client: ThroughlineClient, key: string): Promise<Workflow | null> =>
  orNull(client.workflows.get(key), 'workflow.not_found');

/** The stored template of this key as definitions name it now, or null. */
export async function findTemplate(
  client: ThroughlineClient,
  wanted: string,
): Promise<MailTemplate | null> {
  const found = await readTemplate(client, wanted);
  if (found === null) return null;
  const { key, version, subject, preheader, html, mjml, text } = found;
  const given = Object.entries({ preheader, html, mjml, text }).filter(
    ([, value]) => value !== null,
  );
  return { key, version, subject, ...(Object.fromEntries(given) as Record<string, string>) };
}

/** The stored template of this key, or null. */
export const readTemplate = (client: ThroughlineClient, key: string): Promise<Template | null> =>
  orNull(client.templates.get(key), 'template.not_found');

/** A version as it was published: parsed then, and the same ever since. */
export async function readVersion(
  client: ThroughlineClient,
  key: string,
  version: number,
): Promise<{ readonly definition: Definition; readonly contentHash: string }> {
  const found = await client.workflows.version(key, version);
  return {
    definition: found.definition as unknown as Definition,
    contentHash: found.contentHash,
  };
}

/** The names of the workspace's variables. */
export async function variableNames(client: ThroughlineClient): Promise<ReadonlySet<string>> {
  const all = await everyPage((page) => client.variables.list(page));
  return new Set(all.map(({ name }) => name));
}
