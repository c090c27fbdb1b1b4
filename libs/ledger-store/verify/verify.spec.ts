import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Pool } from '#database';
import { Amount } from '#amounts';
import { DEFAULT_TERMS, accountKey, parsePublicId, type AccountTerms, type Command, type CommandType } from '#ledger';
import {
  administer,
  createTestDatabase,
  withDatabase,
  type TestDatabase,
} from '../../../test/support/test-database.ts';
import { Engine } from '../engine/engine.ts';
import { closeAccounts, type ClosedRow } from '../maintenance/close-accounts.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { putBudget, requestRaise } from '../testing/budget-commands.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { LimitedLedgers } from '../testing/limited-ledgers.ts';
import { PricedEngines } from '../testing/priced-engines.ts';
import { beginPurchase, recordDispute, recordPayment, refundPurchase } from '../testing/purchase-commands.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { authorizeUsage, chargeUsage, createPricedAccount } from '../testing/usage-commands.ts';
import type { CheckResult, VerifyReport } from './verify-report.ts';
import { verify } from './verify.ts';

const log = (line: string): void => void process.stderr.write(`${line}\n`);
const environment = 'live';
const account = (id: string) => ({ environment, id, key: accountKey(environment, id) });
const NONE = '01920000-0000-7000-8000-000000000099';
const SPENDING = { usage: [], tags: {}, metadata: {} };
const GRANT = { priority: 100, scope: null, costBasis: null, effectiveAt: null, expiresAt: null, metadata: {} };

/** Writes books by the service's own engine, and keeps the ids of what it made. */
class Books {
  readonly #engine: Engine;

  constructor(databaseUrl: string) {
    this.#engine = new Engine({ databaseUrl, log });
  }

  /** Submits a command and answers with the UUID of what it made; a refusal is a fault of the spec. */
  async submit<T extends CommandType>(command: Command<T>, key?: string): Promise<string> {
    const { body } = await this.#engine.submit<T>({
      command,
      key: key === undefined ? null : { scope: accountKey(environment, 'acme'), key, fingerprint: key, forever: false },
      render: (outcome) => ({ status: outcome.ok ? 200 : 402, body: JSON.stringify(outcome) }),
    });
    const outcome = JSON.parse(body) as {
      ok: boolean;
      value: { grant?: { id: string }; authorization?: { id: string } };
    };
    if (!outcome.ok) throw new Error(`refused: ${body}`);
    return outcome.value.grant?.id ?? outcome.value.authorization?.id ?? '';
  }

  create(id: string, terms: Partial<AccountTerms> = {}): Promise<string> {
    return this.submit({
      type: 'create_account',
      account: account(id),
      unit: 'credits',
      terms: { ...DEFAULT_TERMS, ...terms },
    });
  }

  grant(id: string, amount: string, more: Partial<Command<'create_grant'>> = {}): Promise<string> {
    const base = { type: 'create_grant', account: account(id), amount: new Amount(amount), category: 'paid' } as const;
    return this.submit({ ...base, ...GRANT, ...more });
  }

  authorize(id: string, amount: string, holdSeconds = 900): Promise<string> {
    const base = { type: 'authorize', account: account(id), amount: new Amount(amount), overage: null } as const;
    return this.submit({ ...base, ...SPENDING, holdSeconds });
  }

  commit(id: string, amount: string, final = true): Promise<string> {
    return this.submit({ type: 'commit', authorization: { environment, id }, amount: new Amount(amount), final });
  }

  stop(): Promise<void> {
    return this.#engine.stop();
  }
}

/** Everything that can happen to an account: every kind of transfer, every state of grants, holds and authorizations. */
async function fill(databaseUrl: string): Promise<void> {
  const books = new Books(databaseUrl);
  try {
    await books.create('acme');
    await books.grant('acme', '100');
    await books.grant('acme', '20', { category: 'promotional', priority: 50 });
    await books.commit(await books.authorize('acme', '30'), '25');
    await books.commit(await books.authorize('acme', '5'), '7.5');
    const streamed = await books.authorize('acme', '10');
    await books.commit(streamed, '3.25', false);
    const dropped = await books.authorize('acme', '4');
    await books.submit({ type: 'void', authorization: { environment, id: dropped } });
    const charge = {
      type: 'charge',
      account: account('acme'),
      amount: new Amount('1.000000000001'),
      ...SPENDING,
    } as const;
    await books.submit(charge, '00000000-0000-0000-0000-000000000001');

    await books.create('globex', { overdraftLimit: new Amount(50), overage: 'debt' });
    await books.submit({ type: 'charge', account: account('globex'), amount: new Amount(20), ...SPENDING });
    await books.grant('globex', '5');
    await books.authorize('globex', '10');

    await books.create('initech');
    const kept = await books.grant('initech', '40');
    const pinned = await books.authorize('initech', '15');
    await books.submit({ type: 'void_grant', grant: { environment, id: kept } });
    await books.commit(pinned, '5', false);
    await books.grant('initech', '9', { category: 'included', expiresAt: Date.now() + 1000 });
    const late = await books.authorize('initech', '2', 1);
    await books.authorize('initech', '1', 1);
    await sleep(1100);
    await books.grant('initech', '6');
    await books.commit(late, '2');
    await books.grant('initech', '8', { effectiveAt: Date.now() + 3_600_000 });
  } finally {
    await books.stop();
  }
  await commitMonths(databaseUrl);
  await sell(databaseUrl);
  await topUp(databaseUrl);
  await count(databaseUrl);
  await spendBudgets(databaseUrl);
  await limit(databaseUrl);
  await putOnPlan(databaseUrl);
  await closeAll(databaseUrl);
}

/** A purchase of which some is refunded, one that is disputed, and one under way. */
async function sell(databaseUrl: string): Promise<void> {
  const ledger = new TestLedger(databaseUrl);
  const buy = async (credits: string, bonus?: string): Promise<string> =>
    (await ledger.do(beginPurchase('stark', credits, bonus))).purchase.id;
  try {
    await ledger.account('stark');
    const refunded = await buy('100', '20');
    await ledger.do(recordPayment(refunded));
    await ledger.do(refundPurchase(refunded, '50'));
    const disputed = await buy('50');
    await ledger.do(recordPayment(disputed));
    await ledger.do(recordDispute(disputed, 'opened'));
    await buy('10');
  } finally {
    await ledger.stop();
  }
}

/** An account in a unit of its own whose rule has bought 10 under its cap, and is about to buy 10 more. */
async function topUp(databaseUrl: string): Promise<void> {
  const ledger = new TestLedger(databaseUrl);
  const cent = new Amount('0.01');
  const rule = {
    enabled: true,
    on: 'available',
    threshold: new Amount('20'),
    buys: { amount: new Amount('10') },
  } as const;
  const offer = { package: null, pricePerCredit: cent, price: null, currency: 'EUR', minorUnit: cent } as const;
  const terms = {
    ...rule,
    offer: { ...offer, expiresAfterMs: null, priority: 100 },
    provider: 'manual',
    paymentMethod: null,
    customer: null,
    cooldownMs: 0,
    maxPerPeriod: { period: 'month', count: 5, amount: null },
  } as const;
  try {
    await ledger.do<'create_account'>({
      type: 'create_account',
      account: account('pym'),
      unit: 'coins',
      terms: DEFAULT_TERMS,
    });
    const { underWay } = await ledger.do<'set_auto_topup'>({ type: 'set_auto_topup', account: account('pym'), terms });
    await ledger.do(recordPayment(underWay?.purchase ?? ''));
  } finally {
    await ledger.stop();
  }
}

/** A plan with an allowance of 7 a year, and an account on it. */
async function putOnPlan(databaseUrl: string): Promise<void> {
  const ledger = new TestLedger(databaseUrl);
  const pool = connect(databaseUrl, { log });
  try {
    const { id, version, terms } = YEARLY;
    await pool.query(`insert into plans (id, environment, version) values ($1, 'live', 1)`, [id]);
    const values = [id, version, JSON.stringify(terms)];
    await pool.query(`insert into plan_versions (plan, version, name, terms) values ($1, $2, 'Yearly', $3)`, values);
    await ledger.account('stark');
    const plan = { plan: id, version, name: 'Yearly', terms, cardUnit: null };
    await ledger.do({ type: 'set_plan', account: account('stark'), plan, effective: 'now', prorate: false });
  } finally {
    await ledger.stop();
    await pool.end();
  }
}

const YEARLY = {
  id: '01900000-0000-7000-8000-000000000001',
  version: 1,
  terms: {
    recurring_grants: [
      {
        name: 'allowance',
        amount: '7',
        interval: 'year',
        every: 1,
        anchor: null,
        category: 'included',
        prorate_first: false,
        time_zone: null,
        priority: 50,
        expires: 'end_of_period',
        rollover: null,
        scope: null,
        price: null,
        currency: null,
      },
    ],
    budgets: [],
    rate_card: null,
    overdraft_limit: '1',
    alerts: null,
  },
} as const;

/** A commitment of 100 a month: one that is met, and one of which 70 are missing, until 20 land late. */
async function commitMonths(databaseUrl: string): Promise<void> {
  const ledger = new TestLedger(databaseUrl);
  const pool = connect(databaseUrl, { log });
  const clocks = new TestClocks(pool);
  const inTest = <T extends CommandType>(command: Command<T>) => ledger.do(inEnvironment('test', command));
  const hour = 60 * 60 * 1000;
  try {
    await inTest(createAccount('umbrella', { commitment: '100' }));
    await inTest(createGrant('umbrella', '500'));
    await inTest(charge('umbrella', '100'));
    const now = new Date();
    await inTest(createAccount('wonka'));
    await ledger.do(twoDays(now.getTime() + 36 * hour));
    const monthAfterNext = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2);
    await advanceClock(clocks, 'test', monthAfterNext - hour - now.getTime());
    await inTest(charge('umbrella', '30'));
    const { authorization } = await inTest(authorize('umbrella', '20', 24 * 60 * 60));
    await advanceClock(clocks, 'test', 2 * hour);
    await inTest(commit(authorization.id));
    await inTest({ type: 'sweep', account: account('wonka'), expiryNotices: [] });
  } finally {
    await pool.end();
    await ledger.stop();
  }
}

/** 10 credits a day, of which half of the rest rolls over. Two days begin before the end. */
function twoDays(endsAt: number): Command<'put_recurring_grant'> {
  return inEnvironment('test', {
    type: 'put_recurring_grant',
    account: account('wonka'),
    name: 'daily',
    terms: {
      amount: new Amount(10),
      interval: 'day',
      every: 1,
      timeZone: null,
      category: 'included',
      priority: 50,
      expires: 'end_of_period',
      rollover: { max: null, percent: new Amount(50), periods: null },
      scope: null,
      price: null,
      currency: null,
      prorateFirst: false,
    },
    startsAt: null,
    endsAt,
    anchor: null,
  });
}

/** Tokens that are counted: some are used, and some reserved. */
async function count(databaseUrl: string): Promise<void> {
  const engines = await PricedEngines.open(databaseUrl);
  try {
    const price = { event: 'chat', components: [{ quantity: 'tokens', amount: '1', included: '5', counted: 'total' }] };
    const ledger = engines.start();
    await ledger.do(createPricedAccount('hooli', await engines.card([price])));
    await ledger.do(inEnvironment('test', createGrant('hooli', '50')));
    await ledger.do(chargeUsage('hooli', [{ event: 'chat', tokens: 7 }]));
    await ledger.do(authorizeUsage('hooli', [{ event: 'chat', tokens: 3 }]));
  } finally {
    await engines.close();
  }
}

/** Budgets of all, and of each user: some of them is spent, more than was held, or refunded, and some is held. */
async function spendBudgets(databaseUrl: string): Promise<void> {
  const ledger = new TestLedger(databaseUrl);
  const inTest = <T extends CommandType>(command: Command<T>) => ledger.do(inEnvironment('test', command));
  try {
    await inTest(createAccount('wayne'));
    await inTest(createGrant('wayne', '500'));
    await inTest(putBudget('wayne', 'all', { amount: '20', period: 'total' }));
    await inTest(putBudget('wayne', 'user', { amount: '100', period: 'total', per: 'user' }));
    const { authorization } = await inTest(authorize('wayne', '10'));
    await inTest(commit(authorization.id, '15'));
    await inTest({
      type: 'refund',
      authorization: { environment: 'test', id: authorization.id },
      amount: new Amount(4),
      reason: null,
    });
    await inTest(authorize('wayne', '6'));
    await inTest(requestRaise('wayne', 'all', '30'));
  } finally {
    await ledger.stop();
  }
}

/** A limit over all accounts: one has a share of it, leased for a request that its credits didn't suffice for. */
async function limit(databaseUrl: string): Promise<void> {
  const ledgers = new LimitedLedgers(databaseUrl);
  const opened = await ledgers.open();
  await ledgers.limit(opened, '5000');
  await opened.ledger.ask(charge('globex', '4000'));
  await ledgers.close();
}

/** Closes what there is of all accounts, a few transfers at a time. */
async function closeAll(databaseUrl: string): Promise<void> {
  const pool = connect(databaseUrl, { log });
  const accounts = ['acme', 'globex', 'initech'].map(keyOf);
  const before = new Date(Date.now() + 3_600_000);
  for (let more = true; more;) {
    const { rows } = await pool.query<ClosedRow>(closeAccounts({ accounts, before, rowsMax: 3 }));
    more = rows.some((row) => row.more);
  }
  await pool.end();
}

let books: TestDatabase;
let copies = 0;

beforeAll(async () => {
  books = await createTestDatabase();
  await fill(books.url);
});
afterAll(() => books.drop());

/** Works on a copy of the books, which is dropped afterwards. */
async function withCopy<T>(work: (pool: Pool, url: string) => Promise<T>): Promise<T> {
  const name = `${new URL(books.url).pathname.slice(1)}_${copies++}`;
  await administer(
    withDatabase(books.url, 'postgres'),
    `create database ${name} template ${new URL(books.url).pathname.slice(1)}`,
  );
  const url = withDatabase(books.url, name);
  const pool = connect(url, { log });
  try {
    return await work(pool, url);
  } finally {
    await pool.end();
    await administer(withDatabase(books.url, 'postgres'), `drop database ${name}`);
  }
}

/** SQL that stands for an account's key. */
const keyOf = (id: string): string => accountKey(environment, id);
const copyOfTransfer = (columns: Record<string, string>): string => {
  const row = {
    account_id: keyOf('acme'),
    id: 'gen_random_uuid()',
    transaction_id: 'gen_random_uuid()',
    created_at: 'now()',
    ...columns,
  };
  return `insert into transfers (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
};
const bigGrant = `select id from grants where account_id = ${keyOf('acme')} and amount = 100`;
const committed25 = `account_id = ${keyOf('acme')} and committed = 25`;

interface Corruption {
  /** The check that has to name it. */
  readonly check: string;
  /** What the check finds, at least once. */
  readonly difference: Partial<CheckResult['first'][number]>;
  readonly sql: readonly string[];
}

const CORRUPTIONS: readonly Corruption[] = [
  {
    check: 'Debits equal credits over all ledger accounts of a unit',
    difference: { environment: 'live', expected: 'credits of 295 credits, as debits are', found: '294' },
    sql: [`update grants set remaining = remaining - 1 where id = (${bigGrant})`],
  },
  {
    check: 'A transfer moves a positive amount between the ledger accounts that its kind allows',
    difference: { account: 'acme', expected: 'accounts that fit breakage', found: '3 from usage to breakage' },
    sql: [
      'alter table transfers drop constraint transfers_follow_the_chart',
      copyOfTransfer({ kind: `'breakage'`, debit: `'usage'`, credit: `'breakage'`, amount: '3' }),
    ],
  },
  {
    check: 'A transfer belongs to an account that exists',
    difference: { environment: null, account: '42', found: 'nothing' },
    sql: [
      copyOfTransfer({
        account_id: '42',
        kind: `'usage'`,
        debit: `'debt'`,
        credit: `'usage'`,
        amount: '1',
        authorization_id: 'gen_random_uuid()',
      }),
    ],
  },
  {
    check: 'A transfer from or to a grant names one of its own account, any other transfer none',
    difference: { account: 'globex', found: 'a grant the account does not have' },
    sql: [
      copyOfTransfer({
        account_id: keyOf('globex'),
        kind: `'breakage'`,
        debit: `'grant'`,
        credit: `'breakage'`,
        amount: '1',
        grant_id: `(${bigGrant})`,
      }),
    ],
  },
  {
    check: 'A transfer of usage names an authorization of its own account; a refund may, any other transfer names none',
    difference: { account: 'acme', found: 'an authorization the account does not have' },
    sql: [
      copyOfTransfer({
        kind: `'usage'`,
        debit: `'debt'`,
        credit: `'usage'`,
        amount: '1',
        authorization_id: 'gen_random_uuid()',
      }),
    ],
  },
  {
    check: 'What remains of a grant is its credits less its debits',
    difference: { account: 'acme', expected: '83.249999999999', found: '79.5' },
    sql: [`update grants set remaining = 79.5 where id = (${bigGrant})`],
  },
  {
    check: 'A grant is issued by one transfer, over its whole amount',
    difference: { account: 'acme', expected: '1 transfer over 100', found: '2 over 101' },
    sql: [
      copyOfTransfer({
        kind: `'grant'`,
        debit: `'funding:paid'`,
        credit: `'grant'`,
        amount: '1',
        grant_id: `(${bigGrant})`,
      }),
    ],
  },
  {
    check: 'A grant comes from, and goes back to, the funding of its category',
    difference: { account: 'acme', expected: 'funding:paid', found: 'funding:included' },
    sql: [
      'alter table transfers disable trigger transfers_are_append_only',
      `update transfers set debit = 'funding:included' where kind = 'grant' and grant_id = (${bigGrant})`,
    ],
  },
  {
    check: 'What is held of a grant is what open holds have pinned of it, and what is frozen',
    difference: { account: 'acme', expected: '6.75', found: '0' },
    sql: [`update grants set held = 0 where id = (${bigGrant})`],
  },
  {
    check:
      'What is frozen of a grant is everything that no hold has pinned, since some time, and as its last freeze says',
    difference: { account: 'stark', expected: '50', found: '40' },
    sql: ['update grants set frozen = 40 where frozen > 0'],
  },
  {
    check: 'A grant that names a purchase names one of its own account',
    difference: { account: 'acme', found: NONE },
    sql: [`update grants set purchase_id = '${NONE}' where id = (${bigGrant})`],
  },
  {
    check: 'A purchase that is paid has brought its grants, and no other has brought any',
    difference: { account: 'stark', expected: 'the 1 grants that it names', found: '2 grants, 1 of them not named' },
    sql: [`update purchases set grants = jsonb_build_array(grants -> 0) where bonus_credits > 0`],
  },
  {
    check: 'The grants of a purchase are of exactly its credits and its bonus, and share exactly its price',
    difference: { account: 'stark', expected: '51 for 0.5', found: '50 for 0.5' },
    sql: [`update purchases set credits = 51 where status = 'disputed'`],
  },
  {
    check: 'What refunds have taken back of a purchase is what was booked for them',
    difference: { account: 'stark', expected: '60', found: '59' },
    sql: ['update purchases set refunded_credits = 59 where refunded_credits > 0'],
  },
  {
    check: 'What went back of a purchase is the sum of its refunds, and all of its money is all of its credits',
    difference: { account: 'stark', expected: '0.5 for 60 credits', found: '0.4 for 60 credits' },
    sql: ['update purchases set refunded_money = 0.4 where refunded_money > 0'],
  },
  {
    check: 'Grants are frozen only while the payment of their purchase is disputed',
    difference: { account: 'stark', expected: '0', found: '1' },
    sql: [`update purchases set disputes = '[]' where status = 'disputed'`],
  },
  {
    check: 'A purchase is disputed exactly while a dispute about it is open',
    difference: { account: 'stark', expected: 'disputed', found: 'succeeded' },
    sql: [`update purchases set status = 'succeeded' where status = 'disputed'`],
  },
  {
    check: 'An account knows its purchase as under way exactly as long as its payment is not decided',
    difference: { account: 'stark', expected: 'not under way', found: 'pending' },
    sql: ['update account_refills set under_way = null where under_way is not null'],
  },
  {
    check: 'An account says that it has refills exactly where it has',
    difference: { account: 'pym', expected: 'refills', found: 'none' },
    sql: [`update accounts set has_refills = false where account_id = ${keyOf('pym')}`],
  },
  {
    check: 'An account says that it has refills exactly where it has',
    difference: { account: 'stark', expected: 'none', found: 'refills' },
    sql: [`delete from account_refills where account_id = ${keyOf('stark')}`],
  },
  {
    check: 'Refills of an account are due when the first of them is',
    difference: { account: 'stark', found: 'never' },
    sql: [`update account_refills set due_at = null where account_id = ${keyOf('stark')}`],
  },
  {
    check: 'What an account knows as under way is a purchase of its own, with its bonus',
    difference: { account: 'stark', expected: '10', found: '9' },
    sql: [
      `update account_refills set under_way = jsonb_set(under_way, '{credits}', '"9"') where account_id = ${keyOf('stark')}`,
    ],
  },
  {
    check: 'What is used of a cap of top-ups is what the account’s rule has bought',
    difference: { account: 'pym', found: '2' },
    sql: [`update counters set used = used + 1 where kind = 'topup'`],
  },
  {
    check: 'What is reserved of a cap of top-ups is what the account’s rule is about to buy',
    difference: { account: 'pym', found: '2' },
    sql: [`update counters set reserved = reserved + 1 where kind = 'topup'`],
  },
  {
    check: '0 ≤ held ≤ remaining ≤ amount for every grant',
    difference: { account: 'acme', found: 'held 6.75, remaining 6, amount 100' },
    sql: [
      'alter table grants drop constraint grants_hold_no_more_than_remains',
      `update grants set remaining = 6 where id = (${bigGrant})`,
    ],
  },
  {
    check: 'A grant is open exactly while something of it remains',
    difference: { account: 'acme', expected: 'open', found: 'closed' },
    sql: [
      'alter table grants drop constraint grants_are_open_while_something_remains',
      `update grants set open = false where id = (${bigGrant})`,
    ],
  },
  {
    check: 'Nothing is left of a voided grant but what holds have pinned',
    difference: { account: 'acme', expected: '6.75' },
    sql: [`update grants set voided_at = now() where id = (${bigGrant})`],
  },
  {
    check: 'The unspent rest of an expired grant is booked as breakage (it is when the account is next written)',
    difference: { account: 'acme', expected: '6.75' },
    sql: [`update grants set expires_at = effective_at + interval '1 ms' where id = (${bigGrant})`],
  },
  {
    check: 'What a hold holds is what it has pinned of grants and of the overdraft',
    difference: { account: 'acme', expected: '0 of grants + 0 of the overdraft', found: '6.75' },
    sql: [`update holds set allocations = '[]' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'A hold pins positive parts of grants of its own account',
    difference: { account: 'initech', found: '1 of 1 allocations astray' },
    sql: [
      `update holds set allocations = jsonb_set(allocations, '{0,0}', to_jsonb((${bigGrant}))) where account_id = ${keyOf('initech')}`,
    ],
  },
  {
    check: 'A hold belongs to an account that exists, and to its environment',
    difference: { account: 'acme', expected: 'live', found: 'test' },
    sql: [`update holds set environment = 'test' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'A hold holds at least what of its amount has not been asked for by earlier commits',
    difference: { account: 'acme', expected: 'at least 7.75', found: '6.75' },
    sql: [`update holds set amount = amount + 1 where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'The amount of a hold is what it held at first, and what extensions added; it holds what its last step says',
    difference: { account: 'acme', expected: '5.75, of an amount of 8', found: '6.75, of an amount of 10' },
    sql: [`update holds set steps = '[[0, "6"], [1, "3.75"], [2, "5.75"]]' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'No authorization is open and closed at once',
    difference: { account: 'acme', found: 'open and voided' },
    sql: [
      `insert into authorizations (account_id, id, environment, status, amount, committed, draws, steps, uncollected, refunded,
        overage, late, held_at_close, usage, tags, metadata, created_at, expires_at, closed_at, balance_posted, balance_held)
      select account_id, id, environment, 'voided', amount, 0, '[]', '[]', 0, 0,
        overage, false, 0, usage, tags, metadata, created_at, expires_at, created_at, 0, 0
      from holds where account_id = ${keyOf('acme')}`,
    ],
  },
  {
    check: 'No hold stays open more than 60 s after its expiry (it is booked when the account is next written)',
    difference: { account: 'acme', found: 'open since its expiry at 2026-01-02T03:04:05.678Z' },
    sql: [`update holds set expires_at = '2026-01-02T03:04:05.678Z' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'What an authorization committed is what it drew from grants and from debt',
    difference: { account: 'acme', expected: '25', found: '26' },
    sql: [`update authorizations set committed = 26 where ${committed25}`],
  },
  {
    check: 'What an authorization drew from a grant, or from debt, is the usage booked there for it',
    difference: { account: 'acme', expected: '20', found: '19' },
    sql: [
      `update authorizations set draws = jsonb_build_array(jsonb_build_array(draws -> 0 -> 0, '19'), jsonb_build_array(draws -> 1 -> 0, '5')), committed = 24 where ${committed25}`,
    ],
  },
  {
    check: 'What was refunded of an authorization is the refunds booked for it, and no more than it committed',
    difference: { account: 'acme', expected: '0, of 25 committed', found: '2' },
    sql: [`update authorizations set refunded = 2 where ${committed25}`],
  },
  {
    check:
      'A closed authorization is in exactly one terminal state, reached within its time unless it was committed late',
    difference: { account: 'acme', expected: 'what fits expired' },
    sql: [`update authorizations set status = 'expired' where account_id = ${keyOf('acme')} and status = 'voided'`],
  },
  {
    check: 'An authorization belongs to an account that exists, and to its environment',
    difference: { account: 'acme', expected: 'live', found: 'test' },
    sql: [`update authorizations set environment = 'test' where ${committed25}`],
  },
  {
    check: 'What of an authorization was not collected is what its usage has left uncollected, commit by commit',
    difference: { account: 'acme', expected: '0', found: '1' },
    sql: [`update authorizations set uncollected = 1 where ${committed25}`],
  },
  {
    check: 'A usage record belongs to an authorization of its own account',
    difference: { account: 'hooli', found: 'nothing' },
    sql: ['update usage_records set authorization_id = gen_random_uuid()'],
  },
  {
    check: 'The lines of a usage record add up to its amount',
    difference: { account: 'hooli', expected: '2', found: '3' },
    sql: ['update usage_records set amount = 3'],
  },
  {
    check:
      'What an authorization is priced by is there: the version of its rate card, and that of its account’s own prices',
    difference: { account: 'hooli', found: '' },
    sql: [`update authorizations set pricing = jsonb_set(pricing, '{price,1}', '7') where environment = 'test'`],
  },
  {
    check: 'An authorization has cost what the usage that counts of it has cost',
    difference: { account: 'hooli', expected: '{"EUR": 1.5}', found: 'no cost' },
    sql: [`update usage_records set cost = 1.5, cost_currency = 'EUR'`],
  },
  {
    check: 'The settlement of an authorization is known where usage was stated, and unpriced where some had no price',
    difference: { account: 'hooli', found: 'none' },
    sql: [`update authorizations set pricing = pricing - 'settlement' where environment = 'test'`],
  },
  {
    check: 'What is used of a counter is what authorizations have used of it',
    difference: { account: 'hooli', found: '8' },
    sql: ['update counters set used = used + 1'],
  },
  {
    check: 'What is used of a counter is what authorizations have used of it',
    difference: { account: 'hooli', found: '0' },
    sql: ['delete from counters'],
  },
  {
    check: 'What is reserved of a counter is what open holds have reserved of it',
    difference: { account: 'hooli', found: '3' },
    sql: [`update holds set reservations = '[]' where environment = 'test'`],
  },
  {
    check: 'What authorizations count for limits is what they hold, and what they were charged less refunds',
    difference: { account: 'wayne', expected: 'no authorization' },
    sql: [
      `update holds set reservations = jsonb_set(reservations, '{0,2}', '"5"') where account_id = ${accountKey('test', 'wayne')}`,
    ],
  },
  {
    check: 'Authorizations count in the windows in which they were made',
    difference: { account: 'hooli' },
    sql: [`update authorizations set created_at = '1969-12-31' where environment = 'test'`],
  },
  {
    check: 'A request for a raise waits in its account as long as it is pending',
    difference: { account: 'wayne', found: 'a pending request' },
    sql: [`update accounts set raise_requests = '[]'`],
  },
  {
    check: 'No instant belongs to two windows of a counter',
    difference: { account: 'hooli', found: 'no end' },
    sql: [
      `insert into counters (account_id, counter, window_start, used, reserved, open)
        select account_id, counter, window_start + interval '1 day', 0, 0, true from counters`,
    ],
  },
  {
    check: 'A share of a limit has no more than was leased to its account',
    difference: { account: 'globex', found: '4001' },
    sql: [`update counters set granted = granted + 1 where kind = 'share'`],
  },
  {
    check: 'What is authorized of a share is within it',
    difference: { account: 'globex', found: '4001' },
    sql: [
      'alter table counters drop constraint counters_stay_within_what_is_granted',
      `update counters set used = granted + 1 where kind = 'share'`,
    ],
  },
  {
    check: 'A share belongs to a window of its limit',
    difference: { account: 'globex' },
    sql: [`update counters set window_end = now() + interval '1 day' where kind = 'share'`],
  },
  {
    check: 'What is granted of a limit is what was leased to accounts',
    difference: { account: null, found: '4001' },
    sql: ['update span_limit_windows set granted = granted + 1'],
  },
  {
    check: 'No more of a limit is granted than it allows',
    difference: { account: null, found: '4000' },
    sql: [
      'alter table span_limit_windows drop constraint span_limit_windows_grant_what_the_limit_allows',
      'update span_limit_windows set "limit" = 1',
    ],
  },
  {
    check: 'No instant belongs to two windows of a limit',
    difference: { account: null, found: 'no end' },
    sql: [
      `insert into span_limit_windows (limit_id, window_start, "limit")
        select limit_id, window_start + interval '1 day', 5 from span_limit_windows`,
    ],
  },
  {
    check: 'An account belongs to an environment that exists',
    difference: { account: 'initech', objects: [], expected: 'an environment', found: 'nowhere' },
    sql: [`update accounts set environment = 'nowhere' where account_id = ${keyOf('initech')}`],
  },
  {
    check: "An account's debt is what was borrowed less what was repaid and refunded",
    difference: { account: 'globex', objects: [], expected: '15', found: '14' },
    sql: [`update accounts set debt = 14 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'What an account has written off is what was booked for it',
    difference: { account: 'globex', objects: [], expected: '0', found: '1' },
    sql: [`update accounts set written_off = 1 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'What was charged as debt and not refunded is still owed, or was repaid by grants or written off',
    difference: { account: 'globex', objects: [], expected: '15 owed + 4 repaid + 0 written off', found: '20' },
    sql: [`update grants set repaid = 4 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'What is spent in a period of a commitment is what its authorizations committed less refunds',
    difference: { account: 'umbrella', found: '51' },
    sql: [`update commitment_periods set spent = spent + 1 where spent = 50`],
  },
  {
    check: "What is charged for a commitment's shortfall is booked, as of the last instant of its period",
    difference: { account: 'umbrella' },
    sql: [`update commitment_periods set draws = jsonb_set(draws, '{0,1}', '"69"') where spent = 50`],
  },
  {
    check: "What is set off against a commitment's shortfall is refunded",
    difference: { account: 'umbrella', expected: '19, of 70 charged', found: '20' },
    sql: [`update commitment_periods set draws = jsonb_set(draws, '{0,3}', '"19"') where spent = 50`],
  },
  {
    check: "What is set off against a commitment's shortfall is refunded",
    difference: { account: 'acme', expected: '0, of 0 charged', found: '1' },
    sql: [
      copyOfTransfer({
        kind: `'refund'`,
        debit: `'usage'`,
        credit: `'grant'`,
        amount: '1',
        grant_id: `(${bigGrant})`,
        corrects: 'gen_random_uuid()',
      }),
    ],
  },
  {
    check: "A commitment's shortfall is what was missing when its period was settled, less what landed late",
    difference: { account: 'umbrella', found: '50 charged, 5 uncollected' },
    sql: [`update commitment_periods set uncollected = 5 where spent = 50`],
  },
  {
    check: 'No instant belongs to two periods of a commitment, and only the last one runs',
    difference: { account: 'umbrella' },
    sql: [`update commitment_periods set period_end = period_end + interval '1 day' where spent = 50`],
  },
  {
    check: 'A period of a commitment that has ended is settled (it is when the account is next written)',
    difference: { account: 'umbrella', expected: 'settled' },
    sql: [`update commitment_periods set period_end = period_start + interval '1 second' where not settled`],
  },
  {
    check: 'A period of a recurring grant is granted at most once, as of its instant, and no two overlap',
    difference: { account: 'wonka' },
    sql: [
      `update grants set period = jsonb_set(period, '{start}', to_jsonb((period ->> 'start')::bigint - 1000))
        where period ->> 'previous' is not null and period ->> 'from' is null`,
    ],
  },
  {
    check: 'No period of a recurring grant is missing between two that were granted',
    difference: { account: 'wonka' },
    sql: [`update grants set period = jsonb_set(period, '{previous}', '1000') where period ->> 'previous' is not null`],
  },
  {
    check: 'The last period that a recurring grant has granted is there, and the next one begins after it',
    difference: { account: 'wonka' },
    sql: [`update account_refills set recurring = jsonb_set(recurring, '{0,last,start}', '1000')`],
  },
  {
    check: 'A period that has begun is granted (it is when the account is next written)',
    difference: { account: 'wonka', expected: 'granted' },
    sql: [
      `update account_refills set recurring = jsonb_set(recurring, '{0,next}',
        jsonb_build_object('index', 9, 'at', (recurring #>> '{0,last,end}')::bigint))`,
    ],
  },
  {
    check: 'What rolls over of a period is booked, is no more than the period brought, and repays no debt',
    difference: { account: 'wonka', expected: '5, of 10', found: '6, of which 0 has repaid debt' },
    sql: [`update grants set amount = amount + 1 where period ->> 'from' is not null`],
  },
  {
    check: 'Only the rest of a period rolls over, into grants of the same recurring grant',
    difference: { account: 'wonka' },
    sql: [`update grants set period = jsonb_set(period, '{rollover}', 'null') where period ->> 'from' is null`],
  },
  {
    check: 'The version of the plan that an account is on is there',
    difference: { account: 'stark', expected: `version 9 of the plan ${YEARLY.id}`, found: 'no such version' },
    sql: [`update account_refills set plan = jsonb_set(plan, '{current,version}', '9') where plan is not null`],
  },
  {
    check: 'An account has what the version of its plan says, without a rate card in another unit',
    difference: { account: 'stark' },
    sql: [
      `update account_refills set plan = jsonb_set(plan, '{current,terms,overdraft_limit}', '"2"') where plan is not null`,
    ],
  },
  {
    check: 'The recurring grants that a plan has brought are those of the plan that the account is on',
    difference: { account: 'stark', expected: 'none', found: 'allowance' },
    sql: [`update account_refills set plan = jsonb_set(plan, '{current}', 'null') where plan is not null`],
  },
  {
    check: 'A plan has brought no recurring grant that it doesn’t have',
    difference: { account: 'stark', expected: '[]', found: 'allowance' },
    sql: [
      `update account_refills set plan = jsonb_set(plan, '{current,terms,recurring_grants}', '[]') where plan is not null`,
    ],
  },
  {
    check: 'What is held of an overdraft is what open holds have pinned of it',
    difference: { account: 'globex', expected: '10', found: '0' },
    sql: [`update accounts set overdraft_held = 0 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'posted − held = available for every account',
    difference: { account: 'acme', expected: '0 − 6.75', found: '0' },
    sql: [`update grants set effective_at = now() + interval '1 day' where id = (${bigGrant})`],
  },
  {
    check: 'available ≥ −overdraft limit for every account (it may be less where the limit was lowered)',
    difference: { account: 'globex', expected: '-20 or more', found: '-25' },
    sql: [`update accounts set overdraft_limit = 20 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'What was committed and not refunded, shortfalls included, is no more than what was granted, and the debt',
    difference: { account: 'acme', expected: 'at most 120 granted + 0 debt', found: '1011.750000000001' },
    sql: [`update authorizations set committed = 1000 where ${committed25}`],
  },
  {
    check:
      'A closing has the credits of the grants in effect: those of the closing before it, and what was booked since',
    difference: { account: 'acme', objects: [] },
    sql: [`update closings set credits = credits + 1 where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'A closing has the debt of the closing before it, and what was borrowed and repaid since',
    difference: { account: 'globex', found: '19' },
    sql: [`update closings set debt = 19 where account_id = ${keyOf('globex')}`],
  },
  {
    check: 'A closing lists, each once, the authorizations up to it that were still open',
    difference: { account: 'acme', found: '1 missing, 0 that do not belong there' },
    sql: [`update closings set open_authorizations = '{}' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'A closing lists, each once, the authorizations up to it that were still open',
    difference: { account: 'acme', found: '0 missing, 1 that do not belong there' },
    sql: [
      `update closings set open_authorizations = open_authorizations || open_authorizations[1]
        where account_id = ${keyOf('acme')} and open_authorizations <> '{}'`,
    ],
  },
  {
    check: 'Everything that a closing sums up took effect by its time, and nothing after it before the time it gives',
    difference: { account: 'acme' },
    sql: [`update closings set latest_at = latest_at - interval '1 day' where account_id = ${keyOf('acme')}`],
  },
  {
    check: 'Everything that a closing sums up took effect by its time, and nothing after it before the time it gives',
    difference: { account: 'initech' },
    sql: [`update closings set rest_from = latest_at + interval '1 day' where account_id = ${keyOf('initech')}`],
  },
  {
    check: "An account's events are numbered without a gap, up to its last number",
    difference: { account: 'acme' },
    sql: [
      `delete from events where sequence = 2 and account_id = (select account_id from accounts where external_id = 'acme')`,
    ],
  },
  {
    check: 'No alert was sent of an epoch, or of an arming, that has not begun',
    difference: { account: 'acme', found: 'percent 50 of round 99' },
    sql: [
      `insert into alerts select account_id, 'percent', 99, 50, gen_random_uuid() from accounts where external_id = 'acme'`,
    ],
  },
  {
    check: 'No idempotency key was used up twice',
    difference: { account: 'acme', found: '2 times (key digest 00000000-0000-0000-0000-000000000001)' },
    sql: ['insert into idempotency_keys_kept select * from idempotency_keys'],
  },
  {
    check:
      'The default partitions are empty (where not, partitions were not made ahead: `select make_partitions()` does)',
    difference: { account: null, expected: 'idempotency_keys_default without rows', found: '1 rows' },
    sql: [
      `insert into idempotency_keys select account_id, gen_random_uuid(), fingerprint, status, body, '2000-01-01' from idempotency_keys`,
    ],
  },
];

const namesOf = (report: VerifyReport): string[] =>
  report.checks.filter(({ differences }) => differences > 0).map(({ name }) => name);

describe('verify, on books that the engine wrote', () => {
  it('finds nothing, and says what it checked', async () => {
    const report = await withCopy((pool) => verify(pool));
    expect(report.checks.filter(({ differences }) => differences > 0)).toEqual([]);
    expect(report).toMatchObject({ clean: true, transfers: 46, grants: 19, authorizations: 17 });
    expect(report.checks.filter(({ checked }) => checked === 0)).toEqual([]);
  });

  it('draws the trial balance of every unit', async () => {
    const { trial_balance } = await withCopy((pool) => verify(pool));
    expect(trial_balance).toEqual([
      {
        environment: 'live',
        unit: 'coins',
        funding: { paid: '10', promotional: '0', included: '0' },
        debt: '0',
        outstanding: '10',
        usage: '0',
        breakage: '0',
        writtenOff: '0',
      },
      {
        environment: 'live',
        unit: 'credits',
        funding: { paid: '244', promotional: '20', included: '16' },
        debt: '15',
        outstanding: '222.249999999999',
        usage: '63.750000000001',
        breakage: '9',
        writtenOff: '0',
      },
      {
        environment: 'test',
        unit: 'credits',
        funding: { paid: '1050', promotional: '0', included: '20' },
        debt: '0',
        outstanding: '847',
        usage: '213',
        breakage: '10',
        writtenOff: '0',
      },
    ]);
  });

  it('reports each result as soon as it is there', async () => {
    const results: CheckResult[] = [];
    const report = await withCopy((pool) => verify(pool, { onCheck: (result) => results.push(result) }));
    expect(results).toEqual(report.checks);
  });

  it('finds nothing while the service writes', async () => {
    await withCopy(async (pool, url) => {
      const service = new Books(url);
      let running = true;
      const work = async (id: string): Promise<void> => {
        while (running) await service.commit(await service.authorize(id, '0.01'), '0.02');
      };
      const workers = ['acme', 'acme', 'globex', 'initech'].map(work);
      try {
        for (let round = 0; round < 5; round++) {
          const report = await verify(pool);
          expect(namesOf(report)).toEqual([]);
        }
      } finally {
        running = false;
        await Promise.all(workers);
        await service.stop();
      }
    });
  });

  it('leaves the connection as it was', async () => {
    await withCopy(async (pool) => {
      await verify(pool);
      const { rows } = await pool.query('show transaction_isolation');
      expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
      expect(pool.totalCount).toBe(1);
    });
  });
});

describe('verify, on books that something has spoilt,', () => {
  it.each(CORRUPTIONS)('names it: $check', async ({ check, difference, sql }) => {
    const report = await withCopy(async (pool) => {
      for (const statement of sql) await pool.query(statement);
      return await verify(pool);
    });
    const result = report.checks.find(({ name }) => name === check);
    expect(result?.first).toEqual(expect.arrayContaining([expect.objectContaining(difference)]));
    const failed = report.checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
    expect(report.clean).toBe(failed.length === 0);
    expect(namesOf(report)).toContain(check);
  });

  it('has a case for every check', async () => {
    const report = await withCopy((pool) => verify(pool));
    const named = new Set(CORRUPTIONS.map(({ check }) => check));
    expect([...named].toSorted()).toEqual(report.checks.map(({ name }) => name).toSorted());
  });

  it('counts all differences and shows the first ten, by their public ids', async () => {
    const report = await withCopy(async (pool) => {
      await pool.query('alter table grants drop constraint grants_are_open_while_something_remains');
      await pool.query(`insert into grants select account_id, overlay(id::text placing lpad(n::text, 12, '0') from 25)::uuid, amount, amount, 0, 0,
        false, category, priority, scope, cost_basis, effective_at, expires_at, voided_at, metadata, created_at
        from grants, generate_series(1, 12) n where id = (${bigGrant})`);
      return await verify(pool);
    });
    const result = report.checks.find(({ name }) => name === 'A grant is open exactly while something of it remains');
    expect(result?.differences).toBe(12);
    expect(result?.first).toHaveLength(10);
    for (const { objects } of result?.first ?? []) expect(parsePublicId('grant', objects[0] ?? '')).not.toBeNull();
  });
});

describe('verify, where it cannot run,', () => {
  it('says what to do about a database without the schema', async () => {
    const pool = connect(withDatabase(books.url, 'postgres'), { log });
    await expect(verify(pool)).rejects.toThrow('purser migrate');
    await pool.end();
  });

  it('says what to do about a database that is not there', async () => {
    const pool = connect('postgres://nobody@127.0.0.1:1/nothing', { log });
    await expect(verify(pool)).rejects.toThrow('Check DATABASE_URL');
    await pool.end();
  });
});
