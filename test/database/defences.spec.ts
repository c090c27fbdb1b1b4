import { connect, type Pool } from '#database';
import { Amount } from '#amounts';
import { DEFAULT_TERMS, accountKey } from '#ledger';
import { Engine } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ACCOUNT = { environment: 'live', id: 'acme', key: accountKey('live', 'acme') };
const SPEND = { account: ACCOUNT, amount: new Amount(10), usage: [], tags: {}, metadata: {} };
const INSUFFICIENT_PRIVILEGE = '42501';

/** Where the transfers of this month stand, found by what was written. */
const PARTITION = '(select tableoid::regclass from transfers limit 1)';

/** What nobody may write, whoever they are: the statement, and the constraint that refuses it. */
const REFUSED_TO_ALL = [
  ['an update of a transfer', 'update transfers set amount = amount', 'transfers_are_append_only'],
  ['a deletion of a transfer', 'delete from transfers', 'transfers_are_append_only'],
  ['a truncation of transfers', 'truncate transfers', 'transfers_are_append_only'],
  ['more held than remains of a grant', 'update grants set held = remaining + 1', 'grants_hold_no_more_than_remains'],
  ['a negative hold on a grant', 'update grants set held = -1', 'grants_hold_no_more_than_remains'],
  ['more remaining than was granted', 'update grants set remaining = amount + 1', 'grants_hold_no_more_than_remains'],
  ['a grant that says it is closed', 'update grants set open = not open', 'grants_are_open_while_something_remains'],
  ['NaN remaining', `update grants set remaining = 'NaN'`, 'amount_is_a_number'],
  ['NaN as debt', `update accounts set debt = 'NaN'`, 'amount_is_a_number'],
  ['NaN as discount', `update accounts set discount = 'NaN'`, 'accounts_discount_is_a_part'],
  [
    'NaN as commitment',
    `update accounts set commitment = 'NaN', has_commitment_periods = true`,
    'accounts_commitment_is_positive',
  ],
  ['negative debt', 'update accounts set debt = -1', 'accounts_debt_is_positive'],
  ['a negative overdraft limit', 'update accounts set overdraft_limit = -1', 'accounts_overdraft_limit_is_positive'],
  [
    'an overdraft leg beyond the hold',
    'update holds set overdraft_held = held + 1',
    'holds_overdraft_is_part_of_the_hold',
  ],
  [
    'a refund of more than was committed',
    'update authorizations set refunded = committed + 1',
    'authorizations_refund_no_more_than_committed',
  ],
  [
    'a closed authorization that is open',
    `update authorizations set status = 'authorized'`,
    'authorizations_are_closed',
  ],
  ['a transfer of NaN', transfer({ amount: `'NaN'` }), 'amount_is_a_number'],
  ['a transfer of nothing', transfer({ amount: '0' }), 'transfers_amount_is_positive'],
  ['a negative transfer', transfer({ amount: '-1' }), 'transfers_amount_is_positive'],
  [
    'a transfer from an account to itself',
    transfer({ debit: 'grant', credit: 'grant' }),
    'transfers_debit_is_not_credit',
  ],
  ['usage paid by funding', transfer({ debit: 'funding:paid' }), 'transfers_follow_the_chart'],
  ['usage that becomes breakage', transfer({ credit: 'breakage' }), 'transfers_follow_the_chart'],
  ['usage without its authorization', transfer({ authorization: 'null' }), 'transfers_name_their_authorization'],
  [
    'a test clock in live',
    `insert into test_clocks (environment, number, ahead_ms) values ('live', 0, 1)`,
    'test_clocks_are_never_live',
  ],
  [
    'a test clock behind real time',
    `insert into test_clocks (environment, number, ahead_ms) values ('test', 0, -1)`,
    'test_clocks_stay_within_ten_years',
  ],
  [
    'a change of a rate card’s version',
    `update rate_card_versions set prices = '[]'`,
    'rate_card_versions_are_immutable',
  ],
  ['a deletion of a rate card’s version', 'delete from rate_card_versions', 'rate_card_versions_are_immutable'],
  ['a truncation of versions', 'truncate rate_card_versions', 'rate_card_versions_are_immutable'],
  ['a negative price per credit', settings('-1', 'USD'), 'settings_price_per_credit_is_positive'],
  ['a currency in small letters', settings('1', 'usd'), 'settings_currency_is_a_code'],
  ['a second hold with one id', 'insert into holds select * from holds', 'holds_pkey'],
] as const;

/** What the running service may not do, though the owner may. */
const REFUSED_TO_THE_SERVICE = [
  ['a change of a grant’s amount', 'update grants set amount = amount'],
  ['a deletion of a grant', 'delete from grants'],
  ['a deletion of an account', 'delete from accounts'],
  ['a change of an account’s unit', `update accounts set unit = 'USD'`],
  ['an account’s move to another clock', 'update accounts set test_clock = test_clock + 1'],
  ['a deletion of a test clock', 'delete from test_clocks'],
  ['a deletion of a closed authorization', 'delete from authorizations'],
  ['a truncation of holds', 'truncate holds'],
  ['a change of a remembered answer', 'update idempotency_keys set status = 200'],
  ['a deletion of remembered answers', 'delete from idempotency_keys'],
  ['another secret for an API key', `update api_keys set hash = sha256('x')`],
  ['more scopes for an API key', `update api_keys set scopes = '{admin}'`],
  ['other addresses for an API key', `update api_keys set allowed_addresses = '{}'`],
  ['a deletion of an API key', 'delete from api_keys'],
  ['a deletion of an environment', 'delete from environments'],
  ['another name for a rate card', `update rate_cards set name = 'x'`],
  ['another unit for a rate card', `update rate_cards set unit = 'USD'`],
  ['a deletion of a rate card', 'delete from rate_cards'],
  ['a deletion of a credit package', 'delete from credit_packages'],
  ['a move of a credit package to another environment', `update credit_packages set environment = 'test'`],
  ['a deletion of settings', 'delete from settings'],
  ['a change of a closing', 'update closings set credits = credits'],
  ['a closing of its own', 'insert into closings select * from closings'],
  ['a deletion from the audit log', 'delete from audit_log'],
  ['a dropped trigger', 'drop trigger transfers_are_append_only on transfers'],
  ['a table of its own', 'create table loot (amount numeric)'],
] as const;

describe('the database defends itself', () => {
  let database: TestDatabase;
  let owner: Pool;
  let app: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    const log = (line: string) => process.stderr.write(`${line}\n`);
    owner = connect(database.url, { log });
    app = connect(database.url, { settings: { role: 'purser_app' }, log });
    await writeBooks(database.url);
    await owner.query(ONE_RATE_CARD);
  });
  afterAll(async () => {
    await owner.end();
    await app.end();
    await database.drop();
  });

  it.each(REFUSED_TO_ALL)('refuses the owner %s', async (_, sql, constraint) => {
    await expect(owner.query(sql)).rejects.toMatchObject({ constraint });
  });

  it.each(REFUSED_TO_ALL)('refuses the service %s', async (_, sql, constraint) => {
    const error: unknown = await app.query(sql).catch((reason: unknown) => reason);
    expect([
      { code: INSUFFICIENT_PRIVILEGE, constraint: undefined },
      { code: expect.any(String), constraint },
    ]).toContainEqual({ code: fieldOf(error, 'code'), constraint: fieldOf(error, 'constraint') });
  });

  it.each(REFUSED_TO_THE_SERVICE)('refuses the service %s', async (_, sql) => {
    await expect(app.query(sql)).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
  });

  it.each(['update %s set amount = amount', 'delete from %s', 'truncate %s'])(
    'refuses everybody “%s” on every partition of transfers',
    async (sql) => {
      const { rows } = await owner.query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'transfers'::regclass`,
      );
      const written = await owner.query<{ name: string }>(`select ${PARTITION}::text as name`);
      expect(rows).toContainEqual(written.rows[0]);
      for (const { name } of sql.startsWith('truncate') ? rows : written.rows) {
        const statement = sql.replace('%s', name);
        await expect(owner.query(statement)).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
        await expect(app.query(statement)).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
      }
    },
  );

  it('lets the service add transfers and read them', async () => {
    const { rows } = await app.query<{ kind: string }>('select distinct kind::text from transfers order by 1');
    expect(rows.map(({ kind }) => kind)).toEqual(['grant', 'usage']);
  });
});

/** One grant, one open hold, one charge. */
async function writeBooks(databaseUrl: string): Promise<void> {
  const engine = new Engine({ databaseUrl, log: (line) => process.stderr.write(`${line}\n`) });
  const render = () => ({ status: 200, body: '' });
  const terms = { ...DEFAULT_TERMS, overdraftLimit: new Amount(5) };
  await engine.submit({
    command: { type: 'create_account', account: ACCOUNT, unit: 'credits', terms },
    key: null,
    render,
  });
  await engine.submit({
    command: {
      type: 'create_grant',
      account: ACCOUNT,
      amount: new Amount(100),
      category: 'paid',
      priority: 100,
      scope: null,
      costBasis: null,
      effectiveAt: null,
      expiresAt: null,
      metadata: {},
    },
    key: null,
    render,
  });
  await engine.submit({ command: { type: 'authorize', ...SPEND, holdSeconds: 600, overage: null }, key: null, render });
  await engine.submit({ command: { type: 'charge', ...SPEND }, key: null, render });
  await engine.stop();
}

const ONE_RATE_CARD = `
  insert into rate_cards (id, environment, name, unit, purpose) values (gen_random_uuid(), 'live', 'Ours', 'credits', 'price');
  insert into rate_card_versions (rate_card, version, prices, effective_at, known_from)
    select id, 1, '[]', now(), now() from rate_cards`;

function settings(pricePerCredit: string, currency: string): string {
  return `insert into settings (environment, time_zone, currency, price_per_credit)
    values ('live', 'UTC', '${currency}', ${pricePerCredit})`;
}

/** A usage transfer like the one that is there, but for what is given. */
function transfer({ debit = 'grant', credit = 'usage', amount = '1', authorization = 'authorization_id' }): string {
  return `insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, authorization_id, created_at)
    select account_id, uuid_at(now()), id, kind, '${debit}', '${credit}', ${amount}, grant_id, ${authorization}, now()
    from transfers where kind = 'usage'`;
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
}
