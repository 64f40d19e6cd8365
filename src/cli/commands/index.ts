import type { Command } from '../command';
import { apply } from './apply';
import { diff } from './diff';
import { enroll } from './enroll';
import { enrollments } from './enrollments';
import { event } from './event';
import { explain } from './explain';
import { exportCommand } from './export';
import { jobs } from './jobs';
import { plan } from './plan';
import { simulate } from './simulate';
import { test } from './test';
import { validate } from './validate';
import { workflows } from './workflows';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...[validate, simulate, test],
  ...[plan, apply, diff, exportCommand],
  ...[enroll, event, enrollments, explain, workflows, jobs],
];
