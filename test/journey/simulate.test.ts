import { describeRuntime } from '../runtime.suite';
import { runSimulated } from '../support/simulator';

describeRuntime('the simulator', runSimulated);
