import { Amount } from '#amounts';
import type { Pool } from '#database';
import { accountKey, DEFAULT_TERMS, newUuid, type AccountKey, type Command, type Usage } from '#ledger';
import { TestClocks } from '#ledger-store';
import { PricedEngines } from '../../ledger-store/testing/priced-engines.ts';
import type { TestLedger } from '../../ledger-store/testing/test-ledger.ts';

const ENVIRONMENT = 'test';
const MODELS = ['large', 'small', 'free', 'unknown'];
const PRICES = [
  { event: 'chat', match: { model: 'large' }, components: [{ quantity: 'input_tokens', per: '1000', amount: '3' }] },
  {
    event: 'chat',
    match: { model: 'small' },
    components: [
      { quantity: 'input_tokens', per: '1000', amount: '0.333333' },
      { quantity: 'output_tokens', per: '1000', amount: '0.7' },
    ],
  },
  { event: 'chat', match: { model: 'free' }, components: [{ quantity: 'input_tokens', per: '1000', amount: '0' }] },
];
const HOUR_MS = 3_600_000;

/** Numbers that follow from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0;
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Random histories in one database, decided by the service's own engine. */
export class RandomHistories {
  private constructor(
    private readonly engines: PricedEngines,
    private readonly clocks: TestClocks,
  ) {}

  static async open(databaseUrl: string, pool: Pool): Promise<RandomHistories> {
    return new RandomHistories(await PricedEngines.open(databaseUrl), new TestClocks(pool));
  }

  begin(random: () => number): Promise<RandomHistory> {
    return RandomHistory.begin(this.engines, this.clocks, random);
  }

  close(): Promise<void> {
    return this.engines.close();
  }
}

/** Commands of all kinds that use credits, in a random order, on a few accounts whose clock moves on. */
class RandomHistory {
  readonly keys: readonly AccountKey[];
  readonly #grants: string[] = [];
  readonly #holds: string[] = [];
  readonly #closed: string[] = [];

  private constructor(
    private readonly ledger: TestLedger,
    private readonly clocks: TestClocks,
    private readonly random: () => number,
    private readonly ids: readonly string[],
  ) {
    this.keys = ids.map((id) => accountKey(ENVIRONMENT, id));
  }

  static async begin(engines: PricedEngines, clocks: TestClocks, random: () => number): Promise<RandomHistory> {
    const card = await engines.card(PRICES);
    const name = newUuid(Date.now()).slice(-12);
    const ids = ['cap', 'debt'].map((overage) => `${overage}-${name}`);
    const ledger = engines.start();
    for (const id of ids) {
      const overage = id.startsWith('debt') ? 'debt' : 'cap';
      const overdraftLimit = new Amount(overage === 'debt' ? 1000 : 0);
      const account = { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
      const terms = { ...DEFAULT_TERMS, rateCard: card, overage, overdraftLimit } as const;
      await ledger.do({ type: 'create_account', account, unit: 'credits', cardUnit: 'credits', terms });
    }
    return new RandomHistory(ledger, clocks, random, ids);
  }

  async step(): Promise<void> {
    const step = this.#pick([
      () => this.#grant(),
      () => this.#charge(),
      () => this.#charge(),
      () => this.#authorize(),
      () => this.#authorize(),
      () => this.#commit(false),
      () => this.#commit(false),
      () => this.#commit(true),
      () => this.#adjust(),
      () => this.#adjust(),
      () => this.#refund(),
      () => this.#voidGrant(),
      () => this.#advance(),
      () => this.#advance(),
    ]);
    await step();
  }

  async #grant(): Promise<void> {
    const category = this.#pick(['paid', 'paid', 'promotional', 'included'] as const);
    const amount = new Amount(this.#whole(1, 40));
    const isPaid = category === 'paid' && this.random() < 0.8;
    const currency = this.#pick(['USD', 'EUR']);
    const grant = await this.#ask({
      type: 'create_grant',
      ...{ account: this.#account(), amount, category, priority: this.#whole(0, 3), scope: null, costBasis: null },
      ...(isPaid && { paid: { amount: new Amount(this.#whole(1, 30)).div(7).toDecimalPlaces(2), currency } }),
      ...(this.random() < 0.3 && { purchaseReference: this.#pick(['a', 'b']) }),
      effectiveAt: null,
      expiresAt: null,
      metadata: {},
    });
    if (grant) this.#grants.push(idIn(grant, 'grant'));
  }

  async #charge(): Promise<void> {
    const isByAmount = this.random() < 0.2;
    const amount = isByAmount ? new Amount(this.#whole(1, 5)) : null;
    const costs = isByAmount ? {} : { costs: [this.#cost()] };
    const usage = isByAmount ? [] : [this.#usage(['large', 'small', 'free'])];
    const made = await this.#ask({ type: 'charge', ...this.#spending(), amount, usage, ...costs });
    if (made) this.#closed.push(idIn(made, 'authorization'));
  }

  async #authorize(): Promise<void> {
    const usage = [this.#usage(['large', 'small'])];
    const made = await this.#ask({
      type: 'authorize',
      ...{ ...this.#spending(), amount: new Amount(this.#whole(1, 4)), usage, holdSeconds: 3600, overage: null },
    });
    if (made) this.#holds.push(idIn(made, 'authorization'));
  }

  async #commit(final: boolean): Promise<void> {
    const id = this.#pick(this.#holds);
    if (id === undefined) return;
    const usage =
      this.random() < 0.2 ? [] : [this.#usage(MODELS), ...(this.random() < 0.3 ? [this.#usage(MODELS)] : [])];
    const added = { tags: { feature: this.#pick(['search', 'chat']), note: 'x' }, metadata: {} };
    const committed = await this.#ask({
      type: 'commit',
      authorization: { environment: ENVIRONMENT, id },
      amount: this.random() < 0.2 ? new Amount(this.#whole(1, 3)) : null,
      stated: { usage, costs: usage.map(() => this.#cost()), raw: null, settlement: 'exact' },
      final,
      ...(this.random() < 0.3 && { added }),
    });
    if (committed && final) this.#closed.push(id);
  }

  async #adjust(): Promise<void> {
    const id = this.#pick(this.#closed);
    if (id === undefined) return;
    const usage = [this.#usage(['large', 'small']), ...(this.random() < 0.4 ? [this.#usage(['small'])] : [])];
    const stated = { usage, costs: usage.map(() => this.#cost()), raw: null, settlement: 'exact' } as const;
    const authorization = { environment: ENVIRONMENT, id };
    await this.#ask({ type: 'adjust', authorization, amount: null, stated, reason: null });
  }

  async #refund(): Promise<void> {
    const id = this.#pick(this.#closed);
    if (id === undefined) return;
    const amount = this.random() < 0.3 ? null : new Amount(this.#whole(1, 20)).div(10);
    await this.#ask({ type: 'refund', authorization: { environment: ENVIRONMENT, id }, amount, reason: null });
  }

  async #voidGrant(): Promise<void> {
    const id = this.random() < 0.5 ? this.#pick(this.#grants) : undefined;
    if (id !== undefined) await this.#ask({ type: 'void_grant', grant: { environment: ENVIRONMENT, id } });
  }

  async #advance(): Promise<void> {
    const actor = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
    const answer = () => ({ status: 200, body: '' });
    const ms = Math.ceil(this.random() * HOUR_MS);
    const result = await this.clocks.advance({ environment: ENVIRONMENT, actor, key: null }, ms, answer);
    if (typeof result === 'string') throw new Error(result);
  }

  /** @returns what was decided; `null` where it was refused, as many random commands are */
  async #ask<T extends Command['type']>(command: Command<T>): Promise<object | null> {
    const { status, body } = await this.ledger.submit<T>(command);
    return status === 200 ? (JSON.parse(body) as object) : null;
  }

  #spending() {
    const user = this.#pick(['ann', 'bob', undefined]);
    return { account: this.#account(), tags: { ...(user && { user }), team: 'red' }, metadata: {} };
  }

  #account() {
    const id = this.#pick(this.ids) ?? '';
    return { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
  }

  #usage(models: readonly string[]): Usage {
    const model = this.#pick(models) ?? '';
    return {
      event: 'chat',
      model,
      provider: 'p',
      input_tokens: this.#whole(1, 900),
      output_tokens: this.#whole(0, 90),
    };
  }

  #cost() {
    if (this.random() < 0.3) return null;
    return { amount: new Amount(this.#whole(1, 99)).div(1000), currency: this.random() < 0.9 ? 'USD' : 'EUR' };
  }

  #whole(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  #pick<Item>(items: readonly [Item, ...Item[]]): Item;
  #pick<Item>(items: readonly Item[]): Item | undefined;
  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }
}

function idIn(decision: object, name: 'grant' | 'authorization'): string {
  return (decision as Record<string, { id: string }>)[name]?.id ?? '';
}

/** What of the sums doesn't tie out, as rows of a query; none if all do. */
export async function untied(pool: Pool): Promise<object[]> {
  const measures =
    `requests, late, unpriced, unknown_costs, paid, promotional, included, debt, uncollected, refunded, revenue, cost,
    promotional_cost`.split(/,\s*/);
  const sums = measures.map((name) => `sum(${name}) as ${name}`).join(', ');
  const { rows } = await pool.query<object>(`
    with usage as (select account_id, slot, currency, ${sums} from usage_slots group by 1, 2, 3),
    tagged as (select account_id, tag, slot, currency, ${sums} from tag_slots group by 1, 2, 3, 4),
    tags as (select account_id, unnest(tags) as tag from rollup_cursors),
    wanted as (select u.account_id, tag, slot, currency, ${measures.map((name) => `u.${name}`).join(', ')} from usage u join tags using (account_id)),
    booked as (
      select account_id,
        sum(case when kind = 'refund' then -amount else amount end) filter (where kind in ('usage', 'refund', 'commitment')) as credits,
        sum(case when credit = 'grant' or credit = 'debt' then amount else 0 end)
          - sum(case when debit = 'grant' or debit = 'debt' then amount else 0 end) as balance
      from transfers group by 1
    )
    select 'tags' as what, coalesce(w.account_id, t.account_id) as account, to_jsonb(w) as one, to_jsonb(t) as other
    from wanted w full join tagged t using (account_id, tag, slot, currency)
    where ${measures.map((name) => `coalesce(w.${name}, 0) <> coalesce(t.${name}, 0)`).join(' or ')}
    union all
    select 'credits', account_id, to_jsonb(b.credits), to_jsonb(u.credits) from booked b
    full join (select account_id, sum(paid + promotional + included + debt) as credits from usage_slots group by 1) u using (account_id)
    where coalesce(b.credits, 0) <> coalesce(u.credits, 0)
    union all
    select 'balance', account_id, to_jsonb(b.balance), to_jsonb(m.credits) from booked b
    full join (select account_id, sum(credits) as credits from money_slots group by 1) m using (account_id)
    where coalesce(b.balance, 0) <> coalesce(m.credits, 0)
    union all
    select 'revenue', account_id, to_jsonb(m.revenue), to_jsonb(u.revenue) from
      (select account_id, currency, -sum(money) as revenue from money_slots
        where kind not in ('granted', 'rolled_in', 'rolled_out', 'returned') group by 1, 2) m
    full join (select account_id, currency, sum(revenue) as revenue from usage_slots group by 1, 2) u using (account_id, currency)
    where coalesce(m.revenue, 0) <> coalesce(u.revenue, 0)
    union all
    select 'uncollected', account_id, to_jsonb(z.uncollected), to_jsonb(u.uncollected) from
      (select account_id, sum(uncollected) as uncollected from (
        select account_id, uncollected from authorizations union all select account_id, uncollected from holds) all_of_them group by 1) z
    full join (select account_id, sum(uncollected) as uncollected from usage_slots group by 1) u using (account_id)
    where coalesce(z.uncollected, 0) <> coalesce(u.uncollected, 0)
    union all
    select 'requests', account_id, to_jsonb(z.requests), to_jsonb(u.requests) from
      (select account_id, count(distinct authorization_id) as requests from (
        select account_id, authorization_id from transfers where authorization_id is not null
        union select account_id, authorization_id from usage_records union select account_id, authorization_id from uncollected_usage) o group by 1) z
    full join (select account_id, sum(requests) as requests from usage_slots group by 1) u using (account_id)
    where coalesce(z.requests, 0) <> coalesce(u.requests, 0)
    union all
    select 'costs', account_id, to_jsonb(q.cost), to_jsonb(u.cost) from
      (select account_id, currency, sum(cost) as cost from usage_quantities group by 1, 2) q
    full join (select account_id, currency, sum(cost) as cost from usage_slots group by 1, 2) u using (account_id, currency)
    where coalesce(q.cost, 0) <> coalesce(u.cost, 0)`);
  return rows;
}
