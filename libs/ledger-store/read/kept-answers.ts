import type { Pool } from '#database';
import type { Answer, IdempotencyKey } from '../engine/submission.ts';
import { findKeys, type KeyRow } from '../load/key-statements.ts';
import { rowsOf } from '../load/rows-of.ts';
import { attemptRead } from './attempt-read.ts';
import { inSnapshot } from './snapshot.ts';

/** The answers that are remembered under idempotency keys, for requests that can't become a command any more. */
export class KeptAnswers {
  constructor(private readonly pool: Pool) {}

  /** @returns `null` where none is remembered */
  find(asked: IdempotencyKey): Promise<Answer | 'idempotency_key_reused' | null> {
    return attemptRead(async () => {
      const [kept] = await inSnapshot(this.pool, (client) => rowsOf<KeyRow>(client, findKeys([asked])));
      if (!kept) return null;
      if (kept.fingerprint !== asked.fingerprint) return 'idempotency_key_reused';
      return { status: kept.status, body: kept.body, replayed: true };
    });
  }
}
