import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** The first one counts. */
  readonly attemptsMax: number;
  /** Between two attempts. */
  readonly pauseMs: number;
  /** Whether another attempt may succeed, and does no harm. */
  readonly isRetryable: (error: unknown) => boolean;
}

/** Runs a task until it succeeds. @throws what the last attempt threw */
export async function retry<T>(
  task: () => Promise<T>,
  { attemptsMax, pauseMs, isRetryable }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt >= attemptsMax || !isRetryable(error)) throw error;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }
}
