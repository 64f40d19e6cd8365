/**
 * The backend of a shop. It lets people into a journey and says what they do, through the API; and it looks at people
 * on their way through Temporal.
 */
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type ThroughlineClient, ThroughlineError } from 'throughline/client';
import { type ThroughlineTemporal, workspaceIdOf } from 'throughline/temporal';

const JOURNEY = 'example-cart';

interface Cart {
  readonly email: string;
  readonly firstName?: string;
}

export function createBackend(
  throughline: ThroughlineClient,
  temporal: ThroughlineTemporal,
): Express {
  const app = express();
  app.use(express.json());

  // Somebody has left a cart behind: she enters, unless she is on her way for another one.
  app.post('/carts/:id/left', async (request, response) => {
    const { email, firstName } = request.body as Cart;
    const enrollment = await throughline.enroll(JOURNEY, {
      contact: { email, firstName },
      variables: { cartId: request.params.id },
    });
    response.status(202).json({ journey: enrollment.id });
  });

  // She has paid: a goal of the journey. The event has an id of ours, so saying it twice counts once.
  app.post('/carts/:id/paid', async (request, response) => {
    const { email } = request.body as Cart;
    const cartId = request.params.id;
    const event = { id: `paid-${cartId}`, email, type: 'cart.paid', properties: { cartId } };
    const isKnown = await throughline.event(event).then(() => true, unlessUnknown);
    response.status(202).json({ isKnown });
  });

  // How it stands, from the facts: also when the journey is long over.
  app.get('/journeys/:id', async (request, response) => {
    const { id } = request.params;
    const [{ status, goalId, currentNodeIds }, steps] = await Promise.all([
      throughline.enrollments.get(id),
      throughline.enrollments.steps(id),
    ]);
    const path = steps.data.map(({ nodeId, port }) => ({ nodeId, port }));
    response.json({ status, goalId, currentNodeIds, path });
  });

  // The same from the running workflow itself.
  app.get('/journeys/:id/live', async (request, response) => {
    const journey = temporal.journey(await throughline.enrollments.get(request.params.id));
    const { positions, pause } = await journey.state();
    const waiting = positions.map(({ node, label, waitUntil }) => ({ node, label, waitUntil }));
    response.json({ waiting, isPaused: pause !== null });
  });

  // She has left the next cart. Temporal holds the order until a worker has judged it, whoever is away meanwhile.
  app.post('/journeys/:id/again', async (request, response) => {
    const earlier = await throughline.enrollments.get(request.params.id);
    const order = { workflow: JOURNEY, contactId: earlier.contactId };
    const workspaceId = workspaceIdOf(earlier);
    const entry = await temporal.start({ ...order, workspaceId }, { id: `after-${earlier.id}` });
    response.status(202).json(await entry.outcome());
  });

  // Support is on the phone with her: nothing goes out meanwhile.
  for (const command of ['pause', 'resume'] as const)
    app.post(`/journeys/:id/${command}`, async (request, response) => {
      const journey = temporal.journey(await throughline.enrollments.get(request.params.id));
      const { status } = await journey.order(command);
      response.json({ status });
    });

  app.use(refusals);
  return app;
}

/** Somebody of whom Throughline has never heard may pay all the same. */
function unlessUnknown(error: unknown): false {
  if (error instanceof ThroughlineError && error.code === 'contact.not_found') return false;
  throw error;
}

/** What Throughline refuses, with its reason; branch on the code, never on the message. */
const refusals: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof ThroughlineError)) return next(error);
  const { code, reason, status } = error;
  response.status(status ?? 503).json({ code, reason });
};
