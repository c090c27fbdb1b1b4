import type { PoolClient } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectFaults, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '100' });
  await charge(service.live, account, '1');
});
afterAll(() => service.stop());

async function transferTables(): Promise<string[]> {
  const { rows } = await service.pool.query<{ name: string }>(
    `select relid::regclass::text as name from pg_partition_tree('transfers')`,
  );
  return rows.map(({ name }) => name);
}

async function everyTransfer(): Promise<unknown[]> {
  const { rows } = await service.pool.query<object>('select * from transfers order by id');
  return rows;
}

/** Runs statements whose effect the books must not keep. */
async function inTransactionRolledBack<T>(run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await service.pool.connect();
  try {
    await client.query('begin');
    return await run(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** A UUID of version 7 with this time: it decides the partition. */
function uuidAt(instant: string | Date): string {
  const time = new Date(instant).getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`;
}

describe('an account’s statement', () => {
  it('shows every transfer once, newest first, page by page', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    for (let index = 0; index < 6; index++) await charge(service.live, id, '1');
    const pages = await pagesOf(service.live, `/v1/accounts/${id}/transfers`, 3);

    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    const all = expectTransfers(await service.live.get(`/v1/accounts/${id}/transfers`));
    expect(pages.flat()).toEqual(all.map((transfer) => transfer.id));
    expect(all.map(({ kind }) => kind)).toEqual([...Array<string>(6).fill('usage'), 'grant']);
    const times = all.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('of a commit from two grants is one transaction of two transfers that name it', async () => {
    const id = await openAccount(service.live);
    const [first, next] = [await grantCredits(service.live, id, '2'), await grantCredits(service.live, id, '5')];
    const hold = await authorize(service.live, id, '3');
    await service.live.post(`/v1/authorizations/${hold.id}/commit`);

    const transfers = expectTransfers(await service.live.get(`/v1/accounts/${id}/transfers`));
    const usage = transfers.filter(({ kind }) => kind === 'usage');
    expect(usage).toMatchObject([
      { grant: next.id, amount: '1', authorization: hold.id, credit_account: 'usage' },
      { grant: first.id, amount: '2', authorization: hold.id, credit_account: 'usage' },
    ]);
    expect(new Set(usage.map(({ transaction_id }) => transaction_id)).size).toBe(1);
    expect(new Set(transfers.map(({ transaction_id }) => transaction_id)).size).toBe(3);
  });

  it('with from and to shows what was booked in between: from inclusive, to exclusive', async () => {
    const id = await openAccount(service.live);
    const times: string[] = [];
    for (const amount of ['1', '2', '3']) {
      times.push((await grantCredits(service.live, id, amount)).created_at);
      await sleep(3);
    }
    const [first = '', middle = '', last = ''] = times;
    const amounts = async (query: string): Promise<string[]> =>
      expectTransfers(await service.live.get(`/v1/accounts/${id}/transfers?${query}`)).map(({ amount }) => amount);

    expect(await amounts(`from=${middle}`)).toEqual(['3', '2']);
    expect(await amounts(`to=${middle}`)).toEqual(['1']);
    expect(await amounts(`from=${first}&to=${last}`)).toEqual(['2', '1']);
    expect(await amounts(`from=${last}&to=${first}`)).toEqual([]);
  });

  it.each([
    'from=yesterday',
    'to=2026-13-01T00:00:00Z',
    'from=2026-01-01',
    'limit=0',
    'cursor=x',
    'kind=usage',
    'after=',
    'after=0',
    'after=tr_1',
    'after=txn_01m7xxdjqde0094rhh148wft1b',
    'after=tr_01m7xxdjqde0094rhh148wft1b',
  ])('refuses %s', async (query) => {
    const [field = ''] = query.split('=');
    expectFaults(await service.live.get(`/v1/accounts/${account}/transfers?${query}`), [field]);
  });

  it('is 404 for an account that is not there', async () => {
    expectProblem(await service.live.get('/v1/accounts/nobody/transfers'), 404, 'account_not_found');
  });
});

describe('transfers, even for the owner of the database', () => {
  it('can be neither updated nor deleted, in the table and in every partition', async () => {
    const before = await everyTransfer();
    const { rows } = await service.pool.query<{ name: string }>(
      'select distinct tableoid::regclass::text as name from transfers',
    );
    // A row trigger speaks up where there is a row: in the table itself, and in the partitions that hold some.
    expect(rows.length).toBeGreaterThan(0);
    for (const table of ['transfers', ...rows.map(({ name }) => name)]) {
      for (const statement of [
        `update ${table} set amount = amount + 1`,
        `update ${table} set amount = amount`,
        `update ${table} set id = gen_random_uuid()`,
        `delete from ${table}`,
      ])
        await expect(service.pool.query(statement)).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
    }
    expect(await everyTransfer()).toEqual(before);
  });

  it('cannot be truncated, in the table and in every partition', async () => {
    const before = await everyTransfer();
    const tables = await transferTables();
    expect(tables.length).toBeGreaterThan(2);
    for (const table of tables) {
      for (const statement of [`truncate ${table}`, `truncate ${table} cascade`])
        await expect(service.pool.query(statement)).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
    }
    expect(await everyTransfer()).toEqual(before);
  });

  it('cannot be changed by INSERT … ON CONFLICT DO UPDATE or by MERGE', async () => {
    for (const statement of [
      `insert into transfers select * from transfers on conflict (account_id, id) do update set amount = 1`,
      `merge into transfers t using transfers s on t.id = s.id when matched then update set amount = 1`,
      `merge into transfers t using transfers s on t.id = s.id when matched then delete`,
    ])
      await expect(service.pool.query(statement)).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
  });

  it('stay append-only in a partition that is made later', async () => {
    await service.pool.query(`select make_partitions(timestamptz '2030-01-15 00:00Z', 0)`);
    for (const change of [
      'update transfers_2030_01 set amount = 5',
      'delete from transfers_2030_01',
      'truncate transfers_2030_01',
    ]) {
      const tried = inTransactionRolledBack(async (client) => {
        await client.query(
          `insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, created_at)
            values (1, $1, $1, 'grant', 'funding:paid', 'grant', 5, $1, now())`,
          [uuidAt('2030-01-20T00:00:00Z')],
        );
        await client.query(change);
      });
      await expect(tried).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
    }
  });
});

describe('the database itself refuses a transfer', () => {
  const valid = {
    kind: 'grant',
    debit: 'funding:paid',
    credit: 'grant',
    amount: '5',
    grant_id: '01890000-0000-7000-8000-000000000001',
    authorization_id: null as string | null,
  };
  const insert = (table: string, change: Partial<Record<keyof typeof valid, string | null>>): Promise<unknown> => {
    const row = { ...valid, ...change };
    return inTransactionRolledBack((client) =>
      client.query(
        `insert into ${table}
            (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, authorization_id, created_at)
          values (1, $1, $1, $2, $3, $4, $5, $6, $7, now())`,
        [uuidAt(new Date()), row.kind, row.debit, row.credit, row.amount, row.grant_id, row.authorization_id],
      ),
    );
  };

  it('but takes one that follows the rules', async () => {
    await expect(insert('transfers', {})).resolves.toMatchObject({ rowCount: 1 });
  });

  it.each([
    ['of NaN', { amount: 'NaN' }, 'amount_is_a_number'],
    ['of zero', { amount: '0' }, 'transfers_amount_is_positive'],
    ['of a negative amount', { amount: '-5' }, 'transfers_amount_is_positive'],
    ['whose debit is its credit', { debit: 'grant', credit: 'grant' }, 'transfers_debit_is_not_credit'],
    ['without its grant', { grant_id: null }, 'transfers_name_their_grant'],
    [
      'of usage without its authorization',
      { kind: 'usage', debit: 'grant', credit: 'usage' },
      'transfers_name_their_authorization',
    ],
    ['that the chart of accounts does not know', { debit: 'breakage' }, 'transfers_follow_the_chart'],
  ])('%s', async (_, change, constraint) => {
    await expect(insert('transfers', change)).rejects.toMatchObject({ constraint });
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    await expect(insert(`transfers_${month}`, change)).rejects.toMatchObject({ constraint });
  });

  it.each(['Infinity', '-Infinity'])('of %s', async (amount) => {
    await expect(insert('transfers', { amount })).rejects.toMatchObject({ code: '22003' });
  });
});
