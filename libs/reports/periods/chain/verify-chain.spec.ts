import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorize, charge, grantCredits, openAccount } from '../../../../test/support/ledger-steps.ts';
import { startTestService, type TestService } from '../../../../test/support/test-service.ts';
import { adjust, chargeUsage, commit, openPricedAccount } from '../../../../test/support/usage-steps.ts';
import type { ChainReport } from './chain-report.ts';
import { sealDaily, sealJournal } from './seal-journal.ts';
import { verifyChain } from './verify-chain.ts';

/** Columns that no digest covers: what changes in the course of things, and what may carry personal data. */
const UNCOVERED: Readonly<Record<string, readonly string[]>> = {
  transfers: ['reason'],
  usage_records: ['raw'],
  uncollected_usage: [],
  grants: [
    'remaining',
    'held',
    'repaid',
    'open',
    'priority',
    'scope',
    'expires_at',
    'voided_at',
    'metadata',
    'entered',
    'expired',
    'expiry_notices',
    'returned',
    'frozen',
    'frozen_at',
    'freezes',
    'period',
  ],
};
const SOURCES = Object.keys(UNCOVERED);

interface Column {
  readonly source: string;
  readonly name: string;
  readonly type: string;
}

let service: TestService;
let columns: readonly Column[];

beforeAll(async () => {
  service = await startTestService();
  const { live, pool } = service;
  const account = await openPricedAccount(live, { id: 'acme', credits: '50', overage: 'cap' });
  await grantCredits(live, account, '10', { category: 'promotional' });
  const { id } = await chargeUsage(live, account);
  await adjust(live, id, { usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 700 } });
  await charge(live, account, '3');
  // More than there is: the rest isn't collected.
  await commit(live, (await authorize(live, account, '1')).id, { amount: '100' });
  await grantCredits(live, account, '10');
  await openAccount(live, { id: 'globex', credits: '20' });
  await charge(live, 'globex', '1');
  await sealJournal(pool, 'live');
  columns = (await Promise.all(SOURCES.map(columnsOf))).flat();
  // What an owner can do.
  for (const source of SOURCES) await pool.query(`alter table ${source} disable trigger user`);
  await pool.query(`do $$ declare one record; begin
    for one in select conname, conrelid::regclass as source from pg_constraint
      where contype in ('c', 'f') and conrelid::regclass::text = any('{${SOURCES.join(',')}}') and conparentid = 0
    loop execute format('alter table %s drop constraint %I', one.source, one.conname); end loop;
  end $$`);
});
afterAll(async () => {
  await service.stop();
});

async function columnsOf(source: string): Promise<Column[]> {
  const { rows } = await service.pool.query<{ name: string; type: string }>(
    `select attname as name, case when typtype in ('d', 'e') then typtype::text else typname::text end as type
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [source],
  );
  return rows.map((row) => ({ source, ...row }));
}

/** Changes rows as the owner of the database may, who has taken triggers and constraints out of the way. */
async function asOwner(sql: string, values: unknown[] = []): Promise<void> {
  await service.pool.query(sql, values);
}

/** Another value for a column of any type. */
function otherThan(type: string, name: string): string {
  if (name === 'usage') return `usage || '{"input_tokens": 1}'`;
  if (name === 'lines') return `lines || '[[9, "x", "1", null, "0"]]'`;
  if (name === 'account_id') return `account_id + 1`;
  if (name === 'id')
    return `(left(id::text, 35) || translate(right(id::text, 1), '0123456789abcdef', '123456789abcdef0'))::uuid`;
  switch (type) {
    case 'd':
    case 'numeric':
      return `coalesce(${name}, 0) + 0.000000000001`;
    case 'uuid':
      return 'gen_random_uuid()';
    case 'timestamptz':
      return `${name} + interval '1 millisecond'`;
    case 'text':
      return `coalesce(${name}, '') || 'x'`;
    case 'e':
      return `(select e from unnest(enum_range(${name})) e where e <> ${name} limit 1)`;
    default:
      throw new Error(`no other value for ${name} of type ${type}`);
  }
}

function kindsOf({ differences }: ChainReport): readonly string[] {
  return differences.map(({ kind, object }) => `${kind} ${object}`);
}

describe('the chain', () => {
  it('is clean where nothing was changed', async () => {
    const report = await verifyChain(service.pool);
    expect(report).toMatchObject({ clean: true, found: 0, differences: [] });
    expect(report.links).toBe(2);
    expect(report.rows).toBeGreaterThan(10);
  });

  it('finds whatever the owner changes in any column, and names the row', async () => {
    for (const { source, name, type } of columns) {
      if (UNCOVERED[source]?.includes(name)) continue;
      const { rows } = await service.pool.query<{ row: string; id: string }>(
        `select r::text as row, id from ${source} r order by id limit 1`,
      );
      const [row] = rows;
      if (!row) throw new Error(`there is no row in ${source}`);
      await asOwner(`update ${source} set ${name} = ${otherThan(type, name)} where id = $1`, [row.id]);
      const report = await verifyChain(service.pool);
      const told = `${source}.${name}: ${kindsOf(report).join(', ')}`;
      expect({ told, clean: report.clean }).toEqual({ told, clean: false });
      if (name !== 'account_id' && name !== 'id') {
        expect(report.differences).toEqual([
          expect.objectContaining({ account: 'acme', kind: 'altered', month: null }),
        ]);
        if (!['transfers', 'grants'].includes(source)) expect(report.differences[0]?.object).toContain(row.id);
      }
      await asOwner(`delete from ${source} where left(id::text, 35) = left($1, 35)`, [row.id]);
      await restore(source, row.row);
    }
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true });
  });

  it.each(SOURCES)('finds a row of %s that is gone, and one that was put in', async (source) => {
    const { rows } = await service.pool.query<{ row: string; id: string }>(
      `select r::text as row, id from ${source} r order by id desc limit 1`,
    );
    const [row] = rows;
    if (!row) throw new Error(`there is no row in ${source}`);
    await asOwner(`delete from ${source} where id = $1`, [row.id]);
    const gone = await verifyChain(service.pool);
    expect(gone.differences).toEqual([expect.objectContaining({ kind: 'missing' })]);
    await restore(source, row.row);
    await restore(source, row.row.replace(row.id, `00${row.id.slice(2)}`));
    const more = await verifyChain(service.pool);
    expect(more.differences).toEqual([expect.objectContaining({ kind: 'inserted' })]);
    await asOwner(`delete from ${source} where left(id::text, 2) = '00'`);
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true });
  });

  it('finds a link that was changed or taken away', async () => {
    const { rows } = await service.pool.query<{ row: string }>('select l::text as row from chain_links l limit 1');
    await asOwner(`update chain_links set hash = sha256(hash) where chain_links::text = $1`, [rows[0]?.row]);
    expect(await verifyChain(service.pool)).toMatchObject({ clean: false });
    await asOwner('delete from chain_links');
    await sealJournal(service.pool, 'live');
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true });
  });

  it('goes on from where it stands, and two at once make one chain', async () => {
    await charge(service.live, 'globex', '1');
    await charge(service.live, 'acme', '1');
    await Promise.all([1, 2, 3].map(() => sealJournal(service.pool, 'live')));
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true, links: 4 });
    const { rows } = await service.pool.query(
      'select count(*)::integer as links, count(distinct (account_id, after))::integer as places from chain_links',
    );
    expect(rows).toEqual([{ links: 4, places: 4 }]);
  });

  it('is made of what a day or more has brought, by the worker', async () => {
    const links = 'select count(*)::integer as links from chain_links';
    await sealDaily(service.pool);
    expect((await service.pool.query(links)).rows).toEqual([{ links: 4 }]);
    await asOwner('delete from chain_links');
    await asOwner(`update accounts set created_at = created_at - interval '25 hours' where external_id = 'acme'`);
    await sealDaily(service.pool);
    expect((await service.pool.query(links)).rows).toEqual([{ links: 1 }]);
    await asOwner(`update accounts set created_at = created_at + interval '25 hours' where external_id = 'acme'`);
    await sealJournal(service.pool, 'live');
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true, links: 2 });
  });

  it('is cut where an account has many rows, and names a row among them', async () => {
    await asOwner(`insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, authorization_id, created_at)
      select t.account_id, overlay(t.id::text placing lpad(to_hex(n), 3, '0') from 16 for 3)::uuid, t.transaction_id, t.kind, 'debt', t.credit, n, t.authorization_id, t.created_at
      from (select * from transfers where kind = 'usage' and account_id = (select account_id from accounts where external_id = 'globex') order by id desc limit 1) t, generate_series(100, 2600) n`);
    await asOwner(`update accounts set id_clock = id_clock + 4096 where external_id = 'globex'`);
    await sealJournal(service.pool, 'live');
    expect(await verifyChain(service.pool)).toMatchObject({ clean: true, links: 5 });
    await asOwner('update transfers set amount = 7 where amount = 1500');
    const report = await verifyChain(service.pool);
    expect(report.found).toBe(1);
    expect(kindsOf(report)).toEqual([expect.stringMatching(/^altered transfer tr_/)]);
    await asOwner(`delete from transfers where debit = 'debt' and amount = 7 or amount >= 100 and kind = 'usage'`);
    expect((await verifyChain(service.pool)).found).toBe(2_501);
    await asOwner('delete from chain_links');
  });
});

async function restore(source: string, row: string): Promise<void> {
  const { rows } = await service.pool.query<{ names: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as names from pg_attribute
    where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [source],
  );
  const names = rows[0]?.names ?? '';
  await asOwner(`insert into ${source} (${names}) select ${names} from (select ($1::${source}).*) v`, [row]);
}
