import { connect, type Pool } from '#database';
import { Amount } from '#amounts';
import { newUuid, NO_RULES, type SpanLimitBook } from '#ledger';
import {
  closeMonths,
  Engine,
  putKeyLimit,
  queryable,
  RateCardMirror,
  RateCards,
  SpanLimits,
  type Answer,
} from '#ledger-store';
import { StillClock } from '../support/still-clock.ts';
import { administer, createTestDatabase } from '../support/test-database.ts';
import type { Environments, Names } from './names.ts';
import { PLAN_NAMES } from './refill-terms.ts';
import { planVersion } from './plan-versions.ts';
import type { Requests } from './requests.ts';
import { PRICES } from './reference-prices.ts';

/** When every sequence begins. Times in sequences are milliseconds since then. */
export const EPOCH = Date.UTC(2026, 11, 1);
const MONTH_END = Date.UTC(2027, 0, 1);

/** Nothing crashes here, so nobody needs to wait for the disk. */
const WITHOUT_THE_DISK = `
  do $$ begin
    execute format('alter database %I set synchronous_commit = off', current_database());
  end $$`;

/** Lets the database's clock stand still for good, and tells the time of two environments by their test clocks. */
const TEST_CLOCKS = `insert into environments (name) values ('staging')`;

export interface WorldOptions {
  /** How many processes share the database; one alone keeps knowing what it has decided on. */
  readonly processes: number;
  /** Whether time passes because the database's clock does, or because test clocks are advanced. */
  readonly time: 'real' | 'test';
}

/** Processes' engines on a database of their own, whose clocks obey. */
export class World {
  /** The latest time the clock has shown. */
  latest = 0;
  private shown = 0;
  /** How often the test clocks were reset. */
  private resets = 0;

  private constructor(
    private readonly engines: readonly Engine[],
    readonly pool: Pool,
    private readonly mirror: RateCardMirror,
    private readonly limits: SpanLimits,
    private readonly cards: ReadonlyMap<string, string>,
    private readonly clock: StillClock,
    private readonly time: WorldOptions['time'],
    private readonly drop: () => Promise<void>,
  ) {}

  static async create({ processes, time }: WorldOptions): Promise<World> {
    const database = await createTestDatabase();
    const { url } = database;
    const clock = await StillClock.stop(url, EPOCH);
    await administer(url, WITHOUT_THE_DISK);
    if (time === 'test') await administer(url, TEST_CLOCKS);
    // A connection that is still closing when the database is dropped is cut off, which is no news.
    const log = (): void => {};
    const pool = connect(url, { connectionsMax: 4, log });
    const mirror = await RateCardMirror.open({ pool, log });
    const cards = await makeCards(pool, mirror);
    await makePlans(pool);
    const limits = await SpanLimits.open(pool, log);
    // Nothing is remembered of what a limit had left a moment ago: whoever is refused is so by what there is.
    const spanLimits: SpanLimitBook = { of: (...about) => limits.of(...about), exhausted: [] };
    const rules = { ...NO_RULES, prices: mirror, spanLimits, leases: limits };
    const engine = (): Engine => new Engine({ databaseUrl: url, log, passed: clock.passed, rules });
    const engines = Array.from({ length: processes }, engine);
    return new World(engines, pool, mirror, limits, cards, clock, time, () => database.drop());
  }

  get environments(): Environments {
    const { cards } = this;
    return this.time === 'test' ? { home: 'test', other: 'staging', cards } : { home: 'live', other: 'test', cards };
  }

  /** The engine that a request goes to: as behind a load balancer, neither knows what the other did just before. */
  engineFor(no: number): Engine {
    const engine = this.engines[no % 5 < 3 ? 0 : this.engines.length - 1];
    if (!engine) throw new Error('a world has a process');
    return engine;
  }

  /** Sets the clock, in milliseconds since {@link EPOCH}. */
  async setClock(time: number): Promise<void> {
    // A test clock never goes back: accounts that are made from then on get another.
    if (time < this.shown) this.resets += 1;
    this.latest = Math.max(this.latest, time);
    this.shown = time;
    if (this.time === 'test') await this.setTestClocks(time);
    else await this.clock.set(this.pool, EPOCH + time);
  }

  private async setTestClocks(time: number): Promise<void> {
    await this.pool.query({
      name: 'set_test_clocks',
      text: `insert into test_clocks (environment, number, ahead_ms)
        select name, $1, $2 from environments where name <> 'live'
        on conflict (environment, number) do update set ahead_ms = excluded.ahead_ms`,
      values: [this.resets, time],
    });
    await this.pool.query({
      name: 'reset_test_clocks',
      text: `update environments set test_clock = $1 where name <> 'live' and test_clock <> $1`,
      values: [this.resets],
    });
  }

  /** Gives the key of a sequence its limit, over the accounts of most. */
  async limitKey({ key }: Names, { amount, period }: Requests['limit_key']): Promise<Answer> {
    const environment = this.environments.home;
    const terms = { amount: new Amount(amount), unit: 'credits', period, timeZone: 'UTC' };
    const { id } = await putKeyLimit(queryable(this.pool), { environment, current: null }, terms, newUuid(Date.now()));
    await this.pool.query(
      `insert into api_keys (id, environment, name, scopes, prefix, hash, span_limit)
      values ($1::uuid, $2, 'model', '{authorize}', 'pur_test_12345678', sha256(convert_to($1::text, 'UTF8')), $3)`,
      [key, environment, id],
    );
    await this.limits.noticeChange();
    return { status: 200, body: JSON.stringify({ ok: true, value: { limited: id } }), replayed: false };
  }

  /** Closes what all accounts have so far, so that balances of the past are summed up from here. */
  async closeAccounts(): Promise<void> {
    await this.pool.query('update closing_progress set month = $1, after_account = default', [new Date(EPOCH)]);
    while ((await closeMonths(this.pool, MONTH_END)).isMore);
  }

  async end(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop()));
    await this.mirror.close();
    await this.limits.close();
    await this.pool.end();
    await this.drop();
  }
}

/** Makes the same rate card in every environment. @returns their UUIDs, by environment */
async function makeCards(pool: Pool, mirror: RateCardMirror): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ name: string }>('select name from environments');
  const actor = { keyId: newUuid(Date.now()), keyName: 'model', call: 'POST /v1/rate-cards', requestId: 'model' };
  const terms = { name: 'Model', unit: 'credits', purpose: 'price', prices: PRICES } as const;
  const made = new Map<string, string>();
  for (const { name: environment } of rows) {
    await new RateCards(pool, mirror).create({ environment, actor, key: null }, terms, ({ card }) => {
      made.set(environment, card.id);
      return { status: 200, body: '' };
    });
  }
  return made;
}

/** Keeps what the plans say, for the books to be verified. Accounts of all environments may be on them here. */
async function makePlans(pool: Pool): Promise<void> {
  for (const name of PLAN_NAMES) {
    const { plan, version, terms } = planVersion(name);
    await pool.query(`insert into plans (id, environment, version) values ($1, 'live', $2)`, [plan, version]);
    const values = [plan, version, name, JSON.stringify(terms)];
    await pool.query('insert into plan_versions (plan, version, name, terms) values ($1, $2, $3, $4)', values);
  }
}
