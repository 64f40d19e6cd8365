/** A Temporal namespace of one test file, for programs that take the fixed task queues. */
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../src/dev/temporal';
import { newId } from '../../src/ids';
import { eventually } from './eventually';
import { temporalAddress } from './temporal';

export interface TestNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  close(): Promise<void>;
}

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const TYPES = { Keyword: 2, Int: 3, KeywordList: 7 } as const;
const DAY_SECONDS = 86_400;

/** Without `attributes` the namespace knows none of ours, as one that somebody else has made. */
export async function testNamespace({ attributes = true } = {}): Promise<TestNamespace> {
  const address = await temporalAddress();
  const connection = await Connection.connect({ address });
  const namespace = `test-${newId()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]]),
  );
  const prepare = () =>
    attributes
      ? connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
      : connection.workflowService.countWorkflowExecutions({ namespace });
  // The server learns of a new namespace with a delay.
  await eventually('the namespace is known', () =>
    prepare().then(
      () => true,
      () => false,
    ),
  );
  const client = new Client({ connection, namespace });
  return { address, namespace, client, close: () => connection.close() };
}
