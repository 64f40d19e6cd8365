/** `npm run test:chaos -- --minutes 30 --seed 7`: everything breaks, and nothing may be lost or happen twice. */
process.env['TZ'] ??= 'UTC';

import { runAlone } from '../support/long-run';
import { runChaos } from './chaos';
import { planOf } from './plan';
import { reportOf, verdictOf } from './report';

runAlone({ name: 'chaos', planOf, run: runChaos, verdictOf, reportOf });
