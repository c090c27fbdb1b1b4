import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { MARK_BYTES, type LinkSpan } from './chain-hash.ts';
import { idAfter } from '../../facts/version-of.ts';
import { digestsOf } from './chained-rows.ts';

/** The rows of a span, or of a part of it. */
export interface DigestedSpan {
  /** The place of the span among those that were asked for. */
  readonly span: number;
  readonly lastId: string;
  readonly rows: number;
  /** SHA-256 of the rows' digests, in the order of their ids. */
  readonly digest: Buffer;
  readonly marks: Buffer;
}

interface DigestRow {
  readonly span: number;
  readonly last_id: string;
  readonly rows: string;
  readonly digest: Buffer;
  readonly marks: Buffer;
}

/** A row beyond this is nowhere near: spans aren't cut. */
const UNCUT = 2_147_483_647;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Digests the journal rows of spans, on the snapshot of the transaction, which must have {@link TEXT_SETTINGS}.
 *
 * @param rowsMax spans of more rows come in parts of so many
 * @returns the parts in order; a span without rows has none
 */
export async function digestSpans(
  database: Queryable,
  spans: readonly LinkSpan[],
  rowsMax = UNCUT,
): Promise<readonly DigestedSpan[]> {
  const { rows } = await database.query<DigestRow>(
    `with spans as (
      select * from unnest($1::bigint[], $2::uuid[], $3::uuid[]) with ordinality s (account_id, after_id, last_id, span)
    ),
    numbered as (
      select s.span, r.id, r.source, r.digest, (row_number() over (partition by s.span order by r.id, r.source) - 1) / $4::bigint as part
      from spans s cross join lateral (${digestsOf('s')}) r
    )
    select (span - 1)::integer as span, max(id::text) as last_id, count(*) as rows,
      sha256(string_agg(digest, '' order by id, source)) as digest,
      string_agg(substr(digest, 1, ${String(MARK_BYTES)}), '' order by id, source) as marks
    from numbered group by span, part order by span, part`,
    [...columnsOf(spans), rowsMax],
  );
  return rows.map(({ last_id: lastId, rows: count, ...row }) => ({ ...row, lastId, rows: Number(count) }));
}

export interface DigestedRow {
  readonly id: string;
  /** The table that it stands in. */
  readonly source: string;
  readonly mark: string;
}

/** Each row of a span, in the order of ids. */
export async function digestRows(database: Queryable, span: LinkSpan): Promise<readonly DigestedRow[]> {
  const { rows } = await database.query<DigestedRow>(
    `select r.id, r.source, encode(substr(r.digest, 1, ${String(MARK_BYTES)}), 'hex') as mark
    from unnest($1::bigint[], $2::uuid[], $3::uuid[]) s (account_id, after_id, last_id) cross join lateral (${digestsOf('s')}) r
    order by r.id, r.source`,
    columnsOf([span]),
  );
  return rows;
}

/** Whatever has been put before an account's first row is covered too. */
function boundOf(after: bigint): string {
  return after === 0n ? BEFORE_ALL : idAfter(after);
}

function columnsOf(spans: readonly LinkSpan[]): [AccountKey[], string[], string[]] {
  return [
    spans.map(({ account }) => account),
    spans.map(({ after }) => boundOf(after)),
    spans.map(({ stamp }) => idAfter(stamp)),
  ];
}
