/** Connections to Temporal: addresses from the environment, TLS and API keys by its own conventions. */
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from '../config';

export interface TemporalConnection {
  readonly client: Client;
  /** Whether the frontend answers now. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

type TemporalConfig = Pick<Config, 'temporalAddress' | 'temporalNamespace'>;

/** Connection options shared by clients and workers. */
export function connectionOptions(config: TemporalConfig) {
  const { connectionOptions: fromEnvironment } = loadClientConnectConfig();
  const { temporalAddress } = config;
  return temporalAddress === undefined
    ? fromEnvironment
    : { ...fromEnvironment, address: temporalAddress };
}

/** Does not wait for the frontend: calls made before it answers fail, and later ones succeed. */
export function connectTemporal(
  config: TemporalConfig,
  interceptors: ClientInterceptors = {},
): TemporalConnection {
  const connection = Connection.lazy(connectionOptions(config));
  return {
    client: new Client({ connection, namespace: config.temporalNamespace, interceptors }),
    async healthy() {
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
    close: () => connection.close(),
  };
}
