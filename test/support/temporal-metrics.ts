/** Metrics of Temporal's own worker that the dashboard asks for; test/worker-metrics.test.ts finds them at one. */
export const TEMPORAL_METRICS = [
  'temporal_worker_task_slots_available',
  'temporal_sticky_cache_size',
] as const;
