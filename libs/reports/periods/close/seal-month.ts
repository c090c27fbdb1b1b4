import { canonicalJson, formatAmount, type Amount, type JsonObject } from '#amounts';
import type { PoolClient } from '#database';
import { publicId } from '#ledger';
import { enterChanges, insertEnvironmentEvent, queryable, type Actor, type Queryable } from '#ledger-store';
import { BEGINNING, closingHash, HeadsHash, type Head } from '../chain/chain-hash.ts';
import { extendChains } from '../chain/extend-chains.ts';
import type { SealedClosing } from '../period.ts';
import { booksOfAccounts, type AccountBooks } from './books-of-accounts.ts';
import { keepReport } from './keep-report.ts';
import type { MonthToClose, ReportToClose } from './report-to-close.ts';

/** The books or the reports aren't what the journal says, so that nothing was closed. */
export class BooksDiffer extends Error {
  override readonly name = 'BooksDiffer';
}

const FAULTS_TOLD = 5;
const SETTINGS = `set local jit = off; set local work_mem = '128MB'; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`;

export interface SealOptions {
  readonly month: MonthToClose;
  readonly actor: Actor;
  readonly reports: readonly ReportToClose[];
  /** The environment's, as they are shown. */
  readonly settings: JsonObject;
  readonly stopping: AbortSignal;
}

/**
 * Closes a month for good, in one transaction: what is rolled up of each account is compared with the journal, the chains are
 * extended to there, and reports, totals, settings and hashes are kept. Where somebody else has closed it meanwhile, nothing is done.
 *
 * @throws {BooksDiffer} where the books aren't right
 * @throws a serialization failure where something else was changed at the same time: then it may be tried again
 */
export async function sealMonth(
  client: PoolClient,
  { month, actor, reports, settings, stopping }: SealOptions,
): Promise<void> {
  await client.query('begin isolation level repeatable read read write');
  const database = queryable(client);
  await database.query(SETTINGS);
  const { environment } = month;
  if (!(await lockMonth(database, month))) {
    await client.query('rollback');
    return;
  }
  const books = await booksOfAccounts(database, environment);
  refuseFaults(books);
  const heads = await headsOf(database, books);
  const { number, version, previous } = await nextClosing(database, month);
  const digests: Record<string, string> = {};
  for (const report of reports) {
    for (const [format, text] of Object.entries(await report.read(client, month))) {
      stopping.throwIfAborted();
      const kept = { environment, closing: number, report: report.name, format };
      digests[`${report.name}.${format}`] = await keepReport(database, kept, text);
    }
  }
  const sealed: SealedClosing = {
    ...{ environment, number, version, month: month.month, time_zone: month.timeZone },
    ...{ from: isoTime(month.from), to: isoTime(month.to), closed_at: isoTime(month.asOf) },
    ...{ accounts: books.length, totals: totalsOf(books), settings, reports: digests },
  };
  await keepHeads(database, sealed, heads);
  const all = new HeadsHash();
  for (const head of heads) all.add(head);
  const ofHeads = all.digest();
  const hash = closingHash(previous, ofHeads, canonicalJson(sealed));
  await database.query(
    `insert into period_closings (environment, number, month, version, sealed, heads, previous, hash, closed_by, closed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      environment,
      number,
      month.month,
      version,
      sealed,
      ofHeads,
      previous,
      hash,
      publicId('key', actor.keyId),
      new Date(month.asOf),
    ],
  );
  await database.query(
    `update periods set status = 'closed', step = null, failure = null where environment = $1 and month = $2`,
    [environment, month.month],
  );
  await tell(database, actor, sealed, hash.toString('hex'));
  await client.query('commit');
}

/** @returns false where it is closed, or was reopened */
async function lockMonth(database: Queryable, { environment, month }: MonthToClose): Promise<boolean> {
  const { rowCount } = await database.query(
    `update periods set step = 'closing', done = 0, total = 0, failure = null
    where environment = $1 and month = $2 and status = 'closing'`,
    [environment, month],
  );
  return rowCount === 1;
}

function refuseFaults(books: readonly AccountBooks[]): void {
  const wrong = books.filter(({ faults }) => faults.length > 0);
  if (wrong.length === 0) return;
  const told = wrong
    .slice(0, FAULTS_TOLD)
    .map(({ externalId, faults }) => `account ${externalId}: ${faults.join('; ')}`);
  const more = wrong.length > FAULTS_TOLD ? [`and ${String(wrong.length - FAULTS_TOLD)} more accounts`] : [];
  throw new BooksDiffer([...told, ...more].join('. '));
}

/** Chains each account up to where it is rolled up, unless its chain is there already or further. */
async function headsOf(database: Queryable, books: readonly AccountBooks[]): Promise<readonly Head[]> {
  await extendChains(
    database,
    books.map(({ account, position }) => ({ account, stamp: position })),
  );
  const { rows } = await database.query<{ account_id: string; stamp: string; hash: Buffer }>(
    `select l.* from unnest($1::bigint[]) a (account_id) cross join lateral (
      select account_id, stamp, hash from chain_links where account_id = a.account_id order by stamp desc limit 1
    ) l`,
    [books.map(({ account }) => account)],
  );
  const links = new Map(rows.map((row) => [row.account_id, row]));
  return books.map(({ account, position, books: own }) => {
    const link = links.get(account);
    const totals = canonicalJson({ position: String(position), books: textsOf(own) });
    return { account, stamp: BigInt(link?.stamp ?? 0), hash: link?.hash ?? BEGINNING, totals };
  });
}

async function keepHeads(
  database: Queryable,
  { environment, number }: SealedClosing,
  heads: readonly Head[],
): Promise<void> {
  await database.query(
    `insert into period_heads (account_id, environment, closing, stamp, hash, totals)
    select h.account_id, $1, $2, h.stamp, h.hash, h.totals
    from unnest($3::bigint[], $4::bigint[], $5::bytea[], $6::jsonb[]) h (account_id, stamp, hash, totals)`,
    [
      environment,
      number,
      heads.map(({ account }) => account),
      heads.map(({ stamp }) => String(stamp)),
      heads.map(({ hash }) => hash),
      heads.map(({ totals }) => totals),
    ],
  );
}

async function nextClosing(database: Queryable, { environment, month }: MonthToClose) {
  const { rows } = await database.query<{ number: number; versions: number; previous: Buffer | null }>(
    `select coalesce(max(number), 0) + 1 as number, (count(*) filter (where month = $2))::integer as versions,
      (array_agg(hash order by number desc))[1] as previous
    from period_closings where environment = $1`,
    [environment, month],
  );
  const [row] = rows;
  return { number: row?.number ?? 1, version: (row?.versions ?? 0) + 1, previous: row?.previous ?? BEGINNING };
}

async function tell(database: Queryable, actor: Actor, sealed: SealedClosing, hash: string): Promise<void> {
  const { environment, month, version, from, to, time_zone, accounts, totals, closed_at } = sealed;
  const after = { status: 'closed', version, hash, accounts };
  await enterChanges(database, actor, [{ environment, object: `period ${month}`, before: { status: 'open' }, after }]);
  const data = { period: month, version, hash, time_zone, from, to, closed_at, accounts, totals };
  await insertEnvironmentEvent(database, { environment, type: 'period.closed', data });
}

/** By unit, then by account of the books. */
function totalsOf(books: readonly AccountBooks[]): JsonObject {
  const units = new Map<string, Record<string, Amount>>();
  for (const { unit, books: own } of books) {
    const sums = units.get(unit) ?? {};
    for (const [code, sum] of Object.entries(own)) sums[code] = sums[code]?.plus(sum) ?? sum;
    units.set(unit, sums);
  }
  return Object.fromEntries([...units].map(([unit, sums]) => [unit, textsOf(sums)]));
}

function textsOf(sums: Readonly<Record<string, Amount>>): JsonObject {
  return Object.fromEntries(Object.entries(sums).map(([code, sum]) => [code, formatAmount(sum)]));
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
