/** `npm run test:load -- --people 5000 --minutes 10`: many people, nothing breaks, and everything is counted. */
process.env['TZ'] ??= 'UTC';

import { runAlone } from '../support/long-run';
import { runLoad } from './load';
import { planOf } from './plan';
import { reportOf, verdictOf } from './report';

runAlone({ name: 'load', planOf, run: runLoad, verdictOf, reportOf });
