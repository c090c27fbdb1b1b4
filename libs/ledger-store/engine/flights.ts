import type { Pool, PoolClient } from '#database';
import { ANSWERED_BEFORE, MOVED_ON } from '../load/statements.ts';
import { CLOCK_ADVANCED } from '../load/clock-statements.ts';
import type { Statement } from '../statement.ts';
import { committed } from './commit-writes.ts';
import { sqlStateOf } from './failures.ts';
import { BEGIN } from './ledger-pool.ts';
import { connectedTo } from './run-batch.ts';

/** A guard has found that a batch can't be written as it was decided; the connection is as good as before. */
const REFUSALS: readonly (string | null)[] = [MOVED_ON, ANSWERED_BEFORE, CLOCK_ADVANCED];

let sentByThisProcess = 0;

/**
 * Fails the transaction where the one that it was decided behind hasn't been committed on this connection: a rollback takes
 * the setting back. The accounts' clocks don't always tell. Another process that decided on the same account in the same
 * millisecond leaves it with the very clock that the failed one would have left, but not with what it would have left.
 */
function followFlight(before: string | null, own: string): Statement {
  return {
    name: 'follow_flight',
    text: `with before as materialized (select current_setting('purser.flight', true) as landed)
      select case when $1::text is not null and landed is distinct from $1 then refuse_batch('${MOVED_ON}') end,
        set_config('purser.flight', $2, false)
      from before`,
    values: [before, own],
  };
}

/**
 * Batches on their way to the database: whole transactions, sent without waiting for an answer, one behind the other on
 * one connection. There they run in that order, so that each finds what the one before it has left.
 */
export class Flights {
  /** The decisions in them. */
  weight = 0;
  /** How many have been sent and not answered. */
  private underWay = 0;
  private client: PoolClient | null = null;
  /** The last that was sent, while it is under way. */
  private last: string | null = null;
  private closed = false;
  private broken = false;
  private readonly onLost = (): void => {
    this.broken = true;
  };

  constructor(private readonly pool: Pool) {}

  /** Whether another batch may be sent behind those under way. */
  get isOpen(): boolean {
    return !this.closed && !this.broken;
  }

  /** Lets nothing more be sent before all that is under way has been answered. */
  close(): void {
    this.closed = true;
  }

  /** Makes sure of a connection. @throws {ConnectionFailed} */
  async open(): Promise<void> {
    if (this.client) return;
    this.client = await connectedTo(this.pool);
    this.client.on('error', this.onLost);
  }

  /**
   * Runs statements in one transaction.
   *
   * @returns what the first of them answered
   * @throws {LedgerUnavailable} with `outcome_unknown`; any other error means that nothing was changed
   */
  async send<Row extends object>(
    [first, ...rest]: readonly [Statement, ...Statement[]],
    weight: number,
  ): Promise<Row[]> {
    const { client } = this;
    if (!client) throw new Error('there is no connection to send on');
    this.underWay += 1;
    this.weight += weight;
    const own = String((sentByThisProcess += 1));
    const begun = client.query(BEGIN);
    const followed = client.query(followFlight(this.last, own));
    this.last = own;
    const answer = client.query<Row>(first);
    const writes = rest.map((statement) => client.query(statement));
    const commit = client.query('commit');
    try {
      await committed([begun, followed, answer, ...writes], commit);
      return (await answer).rows;
    } catch (error) {
      const [ended] = await Promise.allSettled([commit]);
      if (!REFUSALS.includes(sqlStateOf(error)) || ended.status === 'rejected') this.broken = true;
      throw error;
    } finally {
      this.underWay -= 1;
      this.weight -= weight;
      if (this.underWay === 0) this.release(client);
    }
  }

  private release(client: PoolClient): void {
    client.off('error', this.onLost);
    client.release(this.broken);
    this.client = null;
    this.last = null;
    this.closed = false;
    this.broken = false;
  }
}
