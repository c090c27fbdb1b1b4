import { describe, expect, it } from '@jest/globals';
import { retry } from './retry.ts';

/** Fails with each of these, one after the other, and then succeeds. */
function failing(...messages: string[]): () => Promise<string> {
  return () => {
    const message = messages.shift();
    return message === undefined ? Promise.resolve('done') : Promise.reject(new Error(message));
  };
}

const options = { attemptsMax: 3, pauseMs: 1, isRetryable: (error: unknown) => String(error).includes('away') };

describe('a retry', () => {
  it('goes on until the task succeeds', async () => {
    expect(await retry(failing('away', 'still away'), options)).toBe('done');
  });

  it('ends after so many attempts, with what the last one threw', async () => {
    await expect(retry(failing('away', 'still away', 'far away'), options)).rejects.toThrow('far away');
  });

  it('ends at once where another attempt is of no use', async () => {
    await expect(retry(failing('broken', 'away'), options)).rejects.toThrow('broken');
  });
});
