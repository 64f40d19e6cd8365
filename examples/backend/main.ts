import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { ThroughlineClient } from 'throughline/client';
import { ThroughlineTemporal } from 'throughline/temporal';
import { createBackend } from './app';

async function main(): Promise<void> {
  const {
    THROUGHLINE_API_URL: address = 'http://127.0.0.1:8080',
    THROUGHLINE_API_KEY: apiKey = '',
    TEMPORAL_ADDRESS: temporalAddress = '127.0.0.1:7233',
    TEMPORAL_NAMESPACE: namespace = 'default',
    SHOP_PORT: port = '3000',
  } = process.env;
  const throughline = await ThroughlineClient.connect({ address, apiKey });
  const connection = await Connection.connect({ address: temporalAddress });
  const temporal = new ThroughlineTemporal(new Client({ connection, namespace }));
  const server = createBackend(throughline, temporal).listen(Number(port), '127.0.0.1', (error) => {
    if (error) throw error;
    console.log(`The shop listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.once('SIGTERM', () => {
    server.close();
    void connection.close();
  });
}

void main();
