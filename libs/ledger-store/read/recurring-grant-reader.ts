import type { Pool } from '#database';
import { liveRecurring, timeOf, type AccountRef, type RecurringGrant } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { attemptRead } from './attempt-read.ts';
import { bookRefills } from './book-refills.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';

export interface ReadRecurringGrants {
  /** In the order in which they were made. */
  readonly recurring: readonly RecurringGrant[];
  /** The account's time, in milliseconds since 1970. */
  readonly asOf: number;
}

/** Reads the recurring grants of accounts. */
export class RecurringGrantReader {
  /** @param engine grants the periods that have begun before they are shown */
  constructor(
    private readonly pool: Pool,
    private readonly engine: Pick<Engine, 'submit'>,
  ) {}

  /** @returns `null` where there is no such account */
  async list(ref: AccountRef): Promise<ReadRecurringGrants | null> {
    await bookRefills(this.pool, this.engine, ref);
    return attemptRead(async () => {
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key]));
      const found = accountIn(loaded, ref);
      return found && { recurring: liveRecurring(found.refills.recurring), asOf: timeOf(loaded, found) };
    });
  }
}
