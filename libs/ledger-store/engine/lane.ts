import type { Pool } from '#database';
import { weightOf } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { runBatch } from './run-batch.ts';
import type { Answer, Submission } from './submission.ts';

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const ATTEMPTS_MAX = 4;
const RETRY_DELAY_MS = 25;

/**
 * One queue and one transaction at a time. While a transaction is under way, new commands queue; the next one takes them
 * all, up to `batchMax`. An idle lane answers at once, with a batch of one.
 */
export class Lane {
  private readonly queue: Waiting[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly batchMax: number,
  ) {}

  submit(submission: Submission): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ submission, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when everything submitted so far has been answered. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Requests that arrive together, read from their sockets in one turn of the event loop, share the first batch.
    await nextTurn();
    while (this.queue.length > 0) await this.answer(this.nextBatch());
    this.running = null;
  }

  private nextBatch(): Waiting[] {
    let weight = 0;
    let count = 0;
    for (const { submission } of this.queue) {
      weight += weightOf(submission.command);
      if (count > 0 && weight > this.batchMax) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async answer(batch: readonly Waiting[], attempt = 1): Promise<void> {
    try {
      const answers = await runBatch(
        this.pool,
        batch.map(({ submission }) => submission),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer) resolve(answer);
        else reject(new Error('a command was left without an answer'));
      });
    } catch (error) {
      await this.recover(batch, attempt, error);
    }
  }

  /** A failed batch changed nothing, unless its outcome is unknown: then nobody may try again but the clients, by their keys. */
  private async recover(batch: readonly Waiting[], attempt: number, error: unknown): Promise<void> {
    if (error instanceof LedgerUnavailable) {
      rejectAll(batch, error);
      return;
    }
    const failure = failureOf(error);
    if (failure !== 'poisoned' && attempt < ATTEMPTS_MAX) {
      await sleep(RETRY_DELAY_MS * attempt);
      await this.answer(batch, attempt + 1);
    } else if (failure === 'unreachable') {
      rejectAll(batch, new LedgerUnavailable('database_unavailable', { cause: error }));
    } else if (batch.length > 1) {
      // Halving finds one poisoned command among 512 in nine steps, and its neighbours pass.
      const middle = batch.length >> 1;
      await this.answer(batch.slice(0, middle));
      await this.answer(batch.slice(middle));
    } else {
      rejectAll(
        batch,
        failure === 'try_again' ? new LedgerUnavailable('database_unavailable', { cause: error }) : error,
      );
    }
  }
}

function rejectAll(batch: readonly Waiting[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
