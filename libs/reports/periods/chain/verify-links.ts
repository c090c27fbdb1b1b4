import { publicId, type AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { createHash } from 'node:crypto';
import { BEGINNING, linkHash, MARK_BYTES, type LinkSpan } from './chain-hash.ts';
import type { ChainDifference } from './chain-report.ts';
import { compareMarks, type RowDifference } from './compare-marks.ts';
import { digestRows, digestSpans } from './digest-spans.ts';

/** Of at most a thousand rows each: so that a statement takes a second at most. */
const LINKS_AT_ONCE = 500;
const OF_NOTHING = createHash('sha256').digest();

interface LinkRow {
  readonly account_id: AccountKey;
  readonly stamp: string;
  readonly after: string;
  readonly marks: Buffer;
  readonly hash: Buffer;
  readonly previous_stamp: string | null;
  readonly previous_hash: Buffer | null;
}

interface Link extends LinkSpan {
  readonly marks: Buffer;
  readonly hash: Buffer;
  /** The one before it, of the same account. */
  readonly previous: { readonly stamp: bigint; readonly hash: Buffer };
}

export interface CheckedLinks {
  readonly links: number;
  readonly rows: number;
}

/** What is found of an account, before it is known who that is. */
export type AccountDifference = Pick<ChainDifference, 'kind' | 'object'> & {
  readonly account: AccountKey;
  /** The version of the account at which the link ends. */
  readonly stamp: bigint;
};

/**
 * Computes links again, on the snapshot of the transaction, and tells what differs.
 *
 * @param month only the links that were closed with this month, in whatever version of it
 */
export async function verifyLinks(
  database: Queryable,
  month: string | null,
  tell: (difference: AccountDifference) => void,
): Promise<CheckedLinks> {
  const checked = { links: 0, rows: 0 };
  let behind = { account: '-1', stamp: '0' };
  for (;;) {
    const links = await nextLinks(database, month, behind);
    const last = links.at(-1);
    if (!last) return checked;
    const rows = await verifySome(database, links, tell);
    checked.links += links.length;
    checked.rows += rows;
    behind = { account: last.account, stamp: String(last.stamp) };
  }
}

async function nextLinks(
  database: Queryable,
  month: string | null,
  behind: { readonly account: AccountKey; readonly stamp: string },
): Promise<readonly Link[]> {
  const { rows } = await database.query<LinkRow>(
    `select l.*, p.stamp as previous_stamp, p.hash as previous_hash
    from chain_links l left join lateral (
      select stamp, hash from chain_links where account_id = l.account_id and stamp < l.stamp order by stamp desc limit 1
    ) p on true
    where (l.account_id, l.stamp) > ($1, $2::bigint) and ($3::text is null or ${CLOSED_WITH} = $3)
    order by l.account_id, l.stamp limit ${String(LINKS_AT_ONCE)}`,
    [behind.account, behind.stamp, month],
  );
  return rows.map((row) => ({
    account: row.account_id,
    stamp: BigInt(row.stamp),
    after: BigInt(row.after),
    marks: row.marks,
    hash: row.hash,
    previous: { stamp: BigInt(row.previous_stamp ?? 0), hash: row.previous_hash ?? BEGINNING },
  }));
}

/** The month of the first closing of a link. */
const CLOSED_WITH = `(
  select c.month from period_heads h join period_closings c on c.environment = h.environment and c.number = h.closing
  where h.account_id = l.account_id and h.stamp >= l.stamp order by h.closing limit 1)`;

/** @returns how many rows they cover */
async function verifySome(
  database: Queryable,
  links: readonly Link[],
  tell: (difference: AccountDifference) => void,
): Promise<number> {
  const digested = await digestSpans(database, links);
  const bySpan = new Map(digested.map((one) => [one.span, one]));
  for (const [place, link] of links.entries()) {
    const { account, stamp, after, previous } = link;
    if (previous.stamp !== after)
      tell({ account, stamp, kind: 'missing', object: `the link behind version ${previous.stamp}` });
    const found = bySpan.get(place);
    const hash = linkHash(previous.hash, link, found?.digest ?? OF_NOTHING);
    const areMarksKept = link.marks.equals(found?.marks ?? Buffer.alloc(0));
    if (hash.equals(link.hash) && areMarksKept) continue;
    const differences = areMarksKept ? [] : compareMarks(marksOf(link), await digestRows(database, link));
    for (const one of differences) tell({ account, stamp, kind: one.kind, object: nameOf(one) });
    if (differences.length === 0 && previous.stamp === after)
      tell({ account, stamp, kind: 'altered', object: `the link to version ${stamp}, or a row that it covers` });
  }
  return digested.reduce((sum, { rows }) => sum + rows, 0);
}

function marksOf({ marks }: Link): readonly string[] {
  return Array.from({ length: Math.floor(marks.length / MARK_BYTES) }, (_, at) =>
    marks.toString('hex', at * MARK_BYTES, (at + 1) * MARK_BYTES),
  );
}

function nameOf({ source, id, behind }: RowDifference): string {
  if (source === null || id === null) return behind === null ? 'the first row of a link' : `the row behind ${behind}`;
  if (source === 'transfers') return `transfer ${publicId('transfer', id)}`;
  if (source === 'grants') return `grant ${publicId('grant', id)}`;
  return `row ${id} of ${source}`;
}
