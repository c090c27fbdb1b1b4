import { canonicalJson, type Json } from '#amounts';
import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { BEGINNING, closingHash, HeadsHash } from './chain-hash.ts';
import type { ChainDifference, CheckedClosing } from './chain-report.ts';

const HEADS_AT_ONCE = 5_000;

/** What is sealed with a closing, as far as it is compared here. */
interface Sealed {
  readonly environment: string;
  readonly number: number;
  readonly month: string;
  readonly version: number;
  readonly reports: Readonly<Record<string, string>>;
}

interface ClosingRow {
  readonly environment: string;
  readonly number: number;
  readonly month: string;
  readonly version: number;
  readonly sealed: Json;
  readonly heads: Buffer;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

interface ReportRow {
  readonly name: string;
  readonly digest: string;
}

interface HeadRow {
  readonly account_id: AccountKey;
  readonly stamp: string;
  readonly hash: Buffer;
  readonly totals: Json;
  readonly link: Buffer | null;
}

type Tell = (difference: ChainDifference) => void;

/** Compares closings with their hashes, their reports and their heads. @param month only the closings of this month */
export async function verifyClosings(
  database: Queryable,
  month: string | null,
  tell: Tell,
): Promise<readonly CheckedClosing[]> {
  const { rows } = await database.query<ClosingRow>(
    'select environment, number, month, version, sealed, heads, previous, hash from period_closings order by environment, number',
  );
  await findLostClosings(database, tell);
  const checked: CheckedClosing[] = [];
  let before: ClosingRow | null = null;
  for (const row of rows) {
    const earlier: ClosingRow | null = before?.environment === row.environment ? before : null;
    before = row;
    if (month !== null && row.month !== month) continue;
    await verifyClosing(database, row, earlier, tell);
    checked.push({
      environment: row.environment,
      month: row.month,
      version: row.version,
      hash: row.hash.toString('hex'),
    });
  }
  return checked;
}

async function verifyClosing(
  database: Queryable,
  row: ClosingRow,
  earlier: ClosingRow | null,
  tell: Tell,
): Promise<void> {
  const differs = (kind: ChainDifference['kind'], object: string): void =>
    tell({ environment: row.environment, account: null, month: row.month, kind, object });
  if (row.number !== (earlier?.number ?? 0) + 1) differs('missing', `the closing before version ${row.version}`);
  else if (!row.previous.equals(earlier?.hash ?? BEGINNING))
    differs('altered', `the closing before version ${row.version}`);
  const sealed = row.sealed as unknown as Sealed;
  const isItself = (['environment', 'number', 'month', 'version'] as const).every((name) => sealed[name] === row[name]);
  if (!isItself || !closingHash(row.previous, row.heads, canonicalJson(row.sealed)).equals(row.hash))
    differs('altered', `what was sealed with version ${row.version}`);
  await verifyReports(database, row, sealed.reports, differs);
  await verifyHeads(database, row, differs, tell);
}

async function verifyReports(
  database: Queryable,
  { environment, number, version }: ClosingRow,
  sealed: Readonly<Record<string, string>>,
  differs: (kind: ChainDifference['kind'], object: string) => void,
): Promise<void> {
  const { rows } = await database.query<ReportRow>(
    `select report || '.' || format as name, encode(sha256(string_agg(bytes, '' order by part)), 'hex') as digest
    from period_reports where environment = $1 and closing = $2 group by report, format`,
    [environment, number],
  );
  const found = new Map(rows.map(({ name, digest }) => [name, digest]));
  for (const [name, digest] of Object.entries(sealed)) {
    const object = `report ${name} of version ${version}`;
    if (!found.has(name)) differs('missing', object);
    else if (found.get(name) !== digest) differs('altered', object);
  }
  for (const name of found.keys())
    if (!Object.hasOwn(sealed, name)) differs('inserted', `report ${name} of version ${version}`);
}

async function verifyHeads(
  database: Queryable,
  { environment, month, number, version, heads }: ClosingRow,
  differs: (kind: ChainDifference['kind'], object: string) => void,
  tell: Tell,
): Promise<void> {
  const all = new HeadsHash();
  let behind: AccountKey = '-1';
  for (;;) {
    const { rows } = await database.query<HeadRow>(
      `select h.account_id, h.stamp, h.hash, h.totals, l.hash as link
      from period_heads h left join chain_links l on l.account_id = h.account_id and l.stamp = h.stamp
      where h.environment = $1 and h.closing = $2 and h.account_id > $3 order by h.account_id limit ${String(HEADS_AT_ONCE)}`,
      [environment, number, behind],
    );
    for (const { account_id: account, stamp, hash, totals, link } of rows) {
      all.add({ account, stamp: BigInt(stamp), hash, totals: canonicalJson(totals) });
      if (hash.equals(link ?? BEGINNING)) continue;
      const kind = link ? 'altered' : 'missing';
      tell({
        environment,
        account: await nameOf(database, account),
        month,
        kind,
        object: `the link to version ${stamp}`,
      });
    }
    const last = rows.at(-1);
    if (!last) break;
    behind = last.account_id;
  }
  if (!all.digest().equals(heads)) differs('altered', `where the accounts' chains stood, of version ${version}`);
}

/** A month that is closed has a closing that nobody has reopened. */
async function findLostClosings(database: Queryable, tell: Tell): Promise<void> {
  const { rows } = await database.query<{ environment: string; month: string }>(
    `select environment, month from periods p where status = 'closed' and not exists (
      select from period_closings c where c.environment = p.environment and c.month = p.month and c.reopened_at is null)`,
  );
  for (const { environment, month } of rows)
    tell({ environment, account: null, month, kind: 'missing', object: 'the last closing' });
}

async function nameOf(database: Queryable, account: AccountKey): Promise<string> {
  const sql = 'select external_id as id from accounts where account_id = $1';
  const { rows } = await database.query<{ id: string }>(sql, [account]);
  return rows[0]?.id ?? account;
}
