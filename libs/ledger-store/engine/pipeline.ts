import type { Pool, PoolClient } from '#database';
import type { AccountKey } from '#ledger';
import { BatchRefused, refuse, type GuardRow } from '../load/guards.ts';
import type { Statement } from '../statement.ts';
import { committed } from './commit-writes.ts';
import { connectedTo } from './connected-to.ts';
import { BEGIN } from './ledger-pool.ts';

let sentByThisProcess = 0;

/**
 * Refuses the batch where the one that it was decided behind hasn't been written on this connection: a rollback takes the
 * setting back, and a refusal empties it. The accounts' versions don't always tell. Another process that decided on the same
 * account in the same millisecond leaves it at the very version that the failed one would have left, but not with what it
 * would have left.
 */
function followBatch(before: string | null, own: string): Statement {
  return {
    name: 'follow_batch',
    text: `with before as materialized (select current_setting('purser.batch', true) as written),
      own as materialized (select set_config('purser.batch', $2, false) from before)
      select case when $1::text is not null and written is distinct from $1 then ${refuse('accounts_changed')} end as refusal
      from before, own`,
    values: [before, own],
  };
}

/** A batch to be sent. */
export interface Sending {
  readonly guards: readonly [first: Statement, ...rest: Statement[]];
  readonly writes: readonly Statement[];
  readonly accounts: ReadonlySet<AccountKey>;
  readonly weight: number;
  /** Of these decisions, those in `live`. */
  readonly liveWeight: number;
}

/**
 * Batches in flight: whole transactions, sent without waiting for an answer, one behind the other on one connection. There
 * they run in that order, so that each finds what the one before it has left.
 */
export class Pipeline {
  /** How many batches are in flight. */
  size = 0;
  /** The decisions in them, and those of `live` among these. */
  weight = 0;
  liveWeight = 0;
  /** Batches are numbered from 1 in the order in which they are decided. */
  lastNumber = 0;
  /** The accounts of each. */
  private readonly accounts = new Set<ReadonlySet<AccountKey>>();
  private client: PoolClient | null = null;
  /** The last that was sent, while it is in flight. */
  private last: string | null = null;
  private hasFailed = false;
  private isBroken = false;
  private readonly onLost = (): void => {
    this.isBroken = true;
  };

  constructor(private readonly pool: Pool) {}

  /** Whether another batch may be sent behind those in flight. Behind one that has failed, all will. */
  get isOpen(): boolean {
    return !this.hasFailed && !this.isBroken;
  }

  /** The last batch that has ended, and all before it. */
  get lastEnded(): number {
    return this.lastNumber - this.size;
  }

  has(account: AccountKey): boolean {
    for (const accounts of this.accounts) if (accounts.has(account)) return true;
    return false;
  }

  /** Whether there is a connection to send on. Whoever has waited for {@link open} must look: the last batch may have ended meanwhile. */
  get isConnected(): boolean {
    return this.client !== null;
  }

  /** Makes sure of a connection. @throws {ConnectionFailed} */
  async open(): Promise<void> {
    if (this.client) return;
    this.client = await connectedTo(this.pool);
    this.client.on('error', this.onLost);
  }

  /**
   * Runs a batch in one transaction.
   *
   * @returns what the first guard answered
   * @throws {BatchRefused} where a guard refused it, {@link LedgerUnavailable} with `outcome_unknown`; any other error means
   *   that nothing was changed
   */
  async send<Row extends GuardRow>(sending: Sending): Promise<Row | undefined> {
    const { client } = this;
    if (!client) throw new Error('there is no connection to send on');
    const [first, ...rest] = sending.guards;
    this.enter(sending);
    const own = String((sentByThisProcess += 1));
    const begun = client.query(BEGIN);
    const followed = client.query<GuardRow>(followBatch(this.last, own));
    this.last = own;
    const answer = client.query<Row>(first);
    const guards = [followed, answer, ...rest.map((guard) => client.query<GuardRow>(guard))];
    const writes = sending.writes.map((statement) => client.query(statement));
    const commit = client.query('commit');
    try {
      // All of them, the guards too: an error that nobody awaits when it comes ends the process.
      await Promise.allSettled([begun, ...guards, ...writes, commit]);
      await refusedByNone(guards);
      await committed([begun, ...guards, ...writes], commit);
      return (await answer).rows[0];
    } catch (error) {
      this.hasFailed = true;
      const [ended] = await Promise.allSettled([commit]);
      if (!(error instanceof BatchRefused) || ended.status === 'rejected') this.isBroken = true;
      throw error;
    } finally {
      this.leave(sending);
      if (this.size === 0) this.release(client);
    }
  }

  /** Gives the connection back where nothing was sent on it. */
  closeUnused(): void {
    if (this.client && this.size === 0) this.release(this.client);
  }

  private enter({ accounts, weight, liveWeight }: Sending): void {
    this.lastNumber += 1;
    this.size += 1;
    this.weight += weight;
    this.liveWeight += liveWeight;
    this.accounts.add(accounts);
  }

  private leave({ accounts, weight, liveWeight }: Sending): void {
    this.size -= 1;
    this.weight -= weight;
    this.liveWeight -= liveWeight;
    this.accounts.delete(accounts);
  }

  private release(client: PoolClient): void {
    client.off('error', this.onLost);
    client.release(this.isBroken);
    this.client = null;
    this.last = null;
    this.hasFailed = false;
    this.isBroken = false;
  }
}

/** @throws {BatchRefused} with the first refusal. A guard that failed is left to {@link committed}. */
async function refusedByNone(guards: readonly Promise<{ readonly rows: readonly GuardRow[] }>[]): Promise<void> {
  for (const guard of await Promise.allSettled(guards)) {
    const refusal = guard.status === 'fulfilled' ? guard.value.rows[0]?.refusal : null;
    if (refusal) throw BatchRefused.from(refusal);
  }
}
