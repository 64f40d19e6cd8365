/** Names that definitions give, and how they are written. */
import { z } from 'zod';

const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const EVENT_TYPE = /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;
/** Ports that every node has, or that a node's own meaning takes. */
const TAKEN_PORTS = ['error', 'default', 'holdout', 'timed_out'];

/** An event name such as `email.opened` or `cart.paid`. */
export const eventType = z
  .string()
  .max(100)
  .regex(EVENT_TYPE, 'An event name is words joined by dots, such as cart.paid.')
  .describe('An event name, such as `email.opened` or `cart.paid`.');

export const nodeId = z
  .string()
  .regex(
    NODE_ID,
    'An id is 1 to 64 letters, digits, "-" and "_", beginning with a letter or digit.',
  )
  .describe('Names the node in edges, statistics and migrations; stable across versions.');

/** How a name is written that people make up and addresses carry. */
export const SLUG = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** Such a name; `what` begins the sentence that refuses any other. */
export const slug = (what: string) =>
  z
    .string()
    .regex(
      SLUG,
      `${what} has 1 to 64 lower-case letters, digits, "-" and "_", and begins and ends with a letter or digit.`,
    );

/** The number of a published version. */
export const versionNumber = z
  .int()
  .positive()
  .max(999_999_999, 'Expected the number of a version.');

/** A port that a definition names. */
export const portName = z
  .string()
  .regex(
    NODE_ID,
    'A port is 1 to 64 letters, digits, "-" and "_", beginning with a letter or digit.',
  )
  .refine((name) => !TAKEN_PORTS.includes(name), 'This name is a port of its own. Choose another.')
  .describe('The name of the port.');
