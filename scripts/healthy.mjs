/**
 * Ends with 0 when the program in this container answers, with 1 otherwise: its health check, without curl.
 *
 *     node scripts/healthy.mjs [/path]
 *
 * The API is asked at /healthz, a worker (THROUGHLINE_METRICS_PORT) at /metrics, unless another path is named.
 */
const { PORT, THROUGHLINE_METRICS_PORT, THROUGHLINE_METRICS_TOKEN } = process.env;
const PATIENCE_MS = 4_000;

const [path = THROUGHLINE_METRICS_PORT ? '/metrics' : '/healthz'] = process.argv.slice(2);
const url = `http://127.0.0.1:${THROUGHLINE_METRICS_PORT || PORT || 8080}${path}`;
const headers = THROUGHLINE_METRICS_TOKEN
  ? { authorization: `Bearer ${THROUGHLINE_METRICS_TOKEN}` }
  : {};

try {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
