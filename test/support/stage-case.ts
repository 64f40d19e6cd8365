/**
 * What a case of the contract mocks, made true for real servers: calls are answered, other workflows end, answers of
 * the mail server are lost.
 */
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import { mockedStatus } from '../../src/journey/enroll-fields';
import type { Json } from '../../src/journey/json';
import type { Mock } from '../../src/journey/journey-tests';
import type { Case } from '../runtime-cases/case';
import type { Journeys } from './journeys';
import { senderLosing } from './lost-answers';
import { publishTargets } from './targets';
import { startReceivingServer } from './http';

interface Backdrop {
  readonly url: string;
  readonly answers: Map<string, Json | null>;
  readonly targets: ReadonlyMap<string, string>;
}

/** Is never answered. */
const STALLS = 'stalls';

const failureOf = ({ code }: { readonly code: string }) =>
  code === 'http.timeout' ? STALLS : null;

const backdrops = new WeakMap<Journeys, Promise<Backdrop>>();

type Staged = Pick<Case, 'definition' | 'mocks' | 'lost'>;

/** The definition as real servers play it. */
export async function stagedCase(
  world: Journeys,
  { definition, mocks, lost = {} }: Staged,
): Promise<Definition> {
  const mails = withLostAnswers(definition, lost);
  return mocks === undefined ? mails : withMocks(world, mails, mocks);
}

function withLostAnswers(definition: Definition, lost: NonNullable<Case['lost']>): Definition {
  const nodes = definition.nodes.map((node) => {
    const answer = lost[node.id];
    if (answer === undefined) return node;
    const data = { ...(node.data as object), from: senderLosing(answer) };
    return { ...node, data } as typeof node;
  });
  return { ...definition, nodes };
}

async function withMocks(
  world: Journeys,
  definition: Definition,
  mocks: NonNullable<Case['mocks']>,
): Promise<Definition> {
  const opening = backdrops.get(world) ?? open(world);
  backdrops.set(world, opening);
  const backdrop = await opening;
  const path = `/${newId()}`;
  const nodes = definition.nodes.map((node) => {
    const mock = mocks[node.id];
    if (mock === undefined) return node;
    const data = { ...(node.data as object), ...replaced(node, mock, path, backdrop) };
    return { ...node, data } as typeof node;
  });
  return { ...definition, nodes };
}

async function open(world: Journeys): Promise<Backdrop> {
  const answers = new Map<string, Json | null>();
  const web = await startReceivingServer();
  web.unref();
  web.answer = (response, { path }) => {
    const answer = answers.get(path);
    if (answer === STALLS) return;
    response.statusCode = answer === null ? 503 : 200;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? null));
  };
  return { url: web.url, answers, targets: await publishTargets(world) };
}

function replaced(
  { id, type }: Definition['nodes'][number],
  mock: Mock,
  path: string,
  { url, answers, targets }: Backdrop,
): object {
  if (type === 'webhook' || type === 'http_request') {
    answers.set(`${path}/${id}`, 'error' in mock ? failureOf(mock.error) : mock.output);
    return { url: `${url}${path}/${id}` };
  }
  const status = 'error' in mock ? 'missing' : (mockedStatus(mock.output) ?? 'completed');
  return { workflow: targets.get(status) ?? `nobody-has-made-${status.length}` };
}
