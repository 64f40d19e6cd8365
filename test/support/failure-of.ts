/** What an activity fails with, as Temporal sees it. */
export interface ActivityFailed {
  readonly type?: string;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelay?: number;
  readonly message: string;
}

/** The failure of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<ActivityFailed> {
  return work.then(
    (result) => {
      throw new Error(`It did not fail, but answered ${JSON.stringify(result)}.`);
    },
    (error: ActivityFailed) => error,
  );
}
