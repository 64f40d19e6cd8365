/** The environment variable that tells test files where the servers of the run are asked for. */
export const DESK = 'THROUGHLINE_TEST_DESK';
/** The migrated database that others are cloned from. */
export const TEMPLATE = 'throughline_template';

/** The URL of another database of the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Asks the desk for a server's address, which starts it if need be. */
export async function addressOf(server: 'postgres' | 'temporal'): Promise<string> {
  const desk = process.env[DESK];
  if (!desk)
    throw new Error(
      'The servers of the test run are missing: run jest with globalSetup test/support/global-setup.ts.',
    );
  const response = await fetch(`${desk}/${server}`);
  const answer = await response.text();
  if (!response.ok) throw new Error(`The test server "${server}" did not start: ${answer}`);
  return answer;
}
