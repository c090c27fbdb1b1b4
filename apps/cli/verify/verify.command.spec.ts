import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command } from 'commander';
import { connect, type Pool } from '#database';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { sealJournal } from '#reports';
import { registerVerify } from './verify.command.ts';

let database: TestDatabase;
let pool: Pool;
let databaseUrl: string | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { log: console.error });
  databaseUrl = process.env['DATABASE_URL'];
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const written = { out: '', err: '' };
beforeEach(() => {
  written.out = '';
  written.err = '';
  jest.spyOn(console, 'log').mockImplementation((line: string) => void (written.out += `${line}\n`));
  jest.spyOn(console, 'error').mockImplementation((line: string) => void (written.err += `${line}\n`));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  if (databaseUrl === undefined) delete process.env['DATABASE_URL'];
  else process.env['DATABASE_URL'] = databaseUrl;
});

/** Runs the command as the shell does, and answers with its exit code. */
async function purserVerify(url: string, ...options: string[]): Promise<typeof process.exitCode> {
  process.env['DATABASE_URL'] = url;
  const program = new Command();
  registerVerify(program);
  await program.parseAsync(['verify', ...options], { from: 'user' });
  return process.exitCode;
}

describe('purser verify', () => {
  it('ends with 0 and a line that says what it checked', async () => {
    expect(await purserVerify(database.url)).toBe(0);
    expect(written.out).toMatch(/\nverify: clean: 0 transfers, 0 grants, 0 authorizations checked in \d+\.\d s\n$/);
    expect(written.err).toBe('');
  });

  it('ends with 1, the difference under its check and a line that counts, where the books are wrong', async () => {
    await pool.query(`insert into accounts (account_id, environment, external_id, unit, overdraft_limit, overage, time_zone,
      metadata, status, debt, overdraft_held, id_clock, created_at)
      values (1, 'live', 'acme', 'credits', 9, 'debt', 'UTC', '{}', 'active', 7.5, 0, 0, now())`);
    expect(await purserVerify(database.url)).toBe(1);
    expect(written.out).toContain(
      "  FAILED  §9.2  An account's debt is what was borrowed less what was repaid and refunded: 1 difference\n" +
        '            live acme: expected 0, found 7.5\n',
    );
    expect(written.out).toMatch(/\nverify: FAILED: 3 differences in 3 checks\n$/);
  });

  it('notes what it found, for the metrics of the service', async () => {
    await pool.query('truncate verifications');
    await purserVerify(database.url);
    const { rows } = await pool.query('select differences from verifications');
    expect(rows).toEqual([{ differences: '3' }]);
  });

  it('checks books that it may only read too, and says that it could not note the result', async () => {
    const readOnly = `${database.url}?options=-c%20default_transaction_read_only%3Don`;
    expect(await purserVerify(readOnly)).toBe(1);
    expect(written.out).toContain('verify: FAILED: 3 differences');
    expect(written.err).toContain('The result was not noted');
  });

  it('checks the sums that reports read where asked to, and shows the first that differ', async () => {
    expect(await purserVerify(database.url, '--rollups')).toBe(0);
    expect(written.out).toMatch(/^verify: clean: \d+ accounts added up anew\n$/);
    written.out = '';
    await pool.query(`insert into rollup_cursors values (1, 0, '{}')`);
    await pool.query(
      `insert into money_slots values (1, '2026-01-01Z', '01920000-0000-7000-8000-000000000001', 'used', 'paid', 'USD', 1, -2, 0)`,
    );
    expect(await purserVerify(database.url, '--rollups')).toBe(1);
    expect(written.out).toContain('used paid USD: count: expected 0, found 1; credits: expected 0, found -2\n');
    expect(written.out).toContain('verify: FAILED: 1 differences: 1 accounts added up anew');
    written.out = '';
    await purserVerify(database.url, '--rollups', '--json');
    expect(JSON.parse(written.out)).toMatchObject({ clean: false, differences: 1, first: [{ table: 'money_slots' }] });
    expect(await purserVerify(database.url, '--rollups', '--chain')).toBe(2);
    await pool.query('delete from money_slots');
  });

  it('writes nothing but JSON where asked to', async () => {
    await purserVerify(database.url, '--json');
    expect(JSON.parse(written.out)).toMatchObject({ differences: 3, grants: 0, checks: expect.arrayContaining([]) });
  });

  it('ends with 2 and says what to do, where it cannot run', async () => {
    expect(await purserVerify('postgres://nobody@127.0.0.1:1/nothing')).toBe(2);
    expect(written.err).toContain('Check DATABASE_URL');
    expect(written.out).toBe('');
  });

  it('checks the hash chain where asked to, and ends with 1 and the row that was altered', async () => {
    await pool.query(`insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, created_at)
      values (1, '01900000-0000-7000-8000-000000000001', gen_random_uuid(), 'grant', 'funding:paid', 'grant', 5, gen_random_uuid(), now())`);
    await pool.query(`update accounts set id_clock = 9007199254740991 where account_id = 1`);
    await sealJournal(pool, 'live');
    expect(await purserVerify(database.url, '--chain')).toBe(0);
    expect(written.out).toMatch(/\nverify: the chain is whole: 1 rows in 1 links, 0 closings checked in \d+\.\d s\n$/);
    await pool.query('alter table transfers disable trigger user');
    await pool.query('update transfers set amount = 6');
    expect(await purserVerify(database.url, '--chain')).toBe(1);
    expect(written.out).toContain('  live acme, not closed: altered: transfer tr_01j0000000e008000000000001');
    expect(await purserVerify(database.url, '--chain', '--period', '2026-03')).toBe(0);
  });

  it.each([
    [['--period', '2026-03'], '--period belongs to --chain'],
    [['--chain', '--period', '2026-13'], '--period must be a month like 2026-03, not 2026-13.'],
  ])('ends with 2 on %j', async (options, message) => {
    expect(await purserVerify(database.url, ...options)).toBe(2);
    expect(written.err).toContain(message);
  });
});
