import type { Command } from '../command';
import { simulate } from './simulate';
import { test } from './test';
import { validate } from './validate';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [validate, simulate, test];
