import { Amount } from '#amounts';
import { connect, type Pool } from '#database';
import { newUuid, type Period } from '#ledger';
import { NO_STORE_RULES } from '../prices/price-source.ts';
import { putKeyLimit } from '../limits/limit-rows.ts';
import { SpanLimits } from '../limits/span-limits.ts';
import { queryable } from '../queryable.ts';
import { TestLedger } from './test-ledger.ts';

export interface LimitedLedger {
  readonly ledger: TestLedger;
  readonly limits: SpanLimits;
  readonly pool: Pool;
}

/** Engines of processes of their own, with limits over the accounts of `live`. */
export class LimitedLedgers {
  private readonly opened: LimitedLedger[] = [];

  constructor(private readonly databaseUrl: string) {}

  async open(): Promise<LimitedLedger> {
    const log = (): void => undefined;
    const pool = connect(this.databaseUrl, { settings: { role: 'purser_app' }, connectionsMax: 3, log });
    const limits = await SpanLimits.open(pool, log);
    const rules = { ...NO_STORE_RULES, spanLimits: limits, leases: limits };
    const one = { ledger: new TestLedger(this.databaseUrl, { rules }), limits, pool };
    this.opened.push(one);
    return one;
  }

  /** Sets the limit of `live`, in the process that sets it at once. */
  async limit({ limits }: LimitedLedger, amount: string, period: Period = 'total'): Promise<string> {
    const actor = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
    const terms = { amount: new Amount(amount), unit: 'credits', period, timeZone: 'UTC' };
    let id = '';
    await limits.set({ environment: 'live', actor, key: null }, terms, (made) => {
      id = made.id;
      return { status: 200, body: '' };
    });
    for (const one of this.opened) await one.limits.noticeChange();
    return id;
  }

  /** Sets the limit of a new key. @returns the key's UUID */
  async limitKey({ pool }: LimitedLedger, amount: string, period: Period = 'total'): Promise<string> {
    const database = queryable(pool);
    const terms = { amount: new Amount(amount), unit: 'credits', period, timeZone: 'UTC' };
    const limit = await putKeyLimit(database, { environment: 'live', current: null }, terms, newUuid(Date.now()));
    const key = newUuid(Date.now());
    await database.query(
      `insert into api_keys (id, environment, name, scopes, prefix, hash, span_limit)
      values ($1::uuid, 'live', 'development', '{authorize}', 'pur_live_12345678', sha256(convert_to($1::text, 'UTF8')), $2)`,
      [key, limit.id],
    );
    for (const one of this.opened) await one.limits.noticeChange();
    return key;
  }

  async close(): Promise<void> {
    for (const { ledger, limits, pool } of this.opened) {
      await ledger.stop();
      await limits.close();
      await pool.end();
    }
  }
}
