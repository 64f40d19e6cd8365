/** One definition of a workflow that an API holds. */
import { type ThroughlineClient, ThroughlineError } from '../../client/index';
import type { Workflow } from '../../client/types';
import type { Definition } from '../../journey/definition';
import { parseDefinition } from '../../language/parse-definition';
import { UsageError } from '../usage-error';
import { wholeNumber } from '../values';
import { readVersion } from './world';

/** The version by number, the active one, or the draft; the active one, else the draft, unless told. */
export async function findDefinition(
  client: ThroughlineClient,
  key: string,
  which: string | undefined,
): Promise<Definition> {
  const workflow = await client.workflows.get(key);
  if (which === 'draft' || (which === undefined && workflow.version === null))
    return draftOf(workflow);
  const number =
    which === undefined || which === 'active' ? workflow.version : wholeNumber(which, '--from');
  if (number === null)
    throw new UsageError(`"${key}" was never activated, so no version is active.`);
  return (await readVersion(client, key, number)).definition;
}

function draftOf({ key, definition: source }: Workflow): Definition {
  const { definition, errors } = parseDefinition(source);
  if (definition !== null) return definition;
  throw new ThroughlineError({
    code: 'definition.invalid',
    message: `The draft of "${key}" has errors.`,
    issues: errors,
  });
}
