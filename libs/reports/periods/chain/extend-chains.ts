import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { createHash } from 'node:crypto';
import { versionOf } from '../../facts/version-of.ts';
import { BEGINNING, linkHash, type LinkSpan } from './chain-hash.ts';
import { TEXT_SETTINGS } from './chained-rows.ts';
import { digestSpans, type DigestedSpan } from './digest-spans.ts';

/** So that what is wrong with a row is looked for among few, and a link is one small row itself. */
const ROWS_OF_LINK = 1_000;
const OF_NOTHING = createHash('sha256').digest();

/** An account, and the version of it until which its rows are chained. */
export interface ChainTarget {
  readonly account: AccountKey;
  readonly stamp: bigint;
}

interface Link extends LinkSpan {
  readonly marks: Buffer;
  readonly hash: Buffer;
}

interface LastLink {
  readonly account_id: AccountKey;
  readonly stamp: string;
  readonly hash: Buffer;
}

/**
 * Chains the journal rows of accounts that have come since their last links. Nothing that is chained is read again. Run it in
 * a transaction that may write, and sees all that the targets' versions have written: one that is set to a snapshot, or the one in
 * which the versions were read, or a later one.
 *
 * @throws Error of the constraint `chain_links_follow_each_other`, or a serialization failure, where somebody else has chained one of
 *   the accounts meanwhile: run it again
 */
export async function extendChains(database: Queryable, targets: readonly ChainTarget[]): Promise<void> {
  await database.query(TEXT_SETTINGS);
  const lasts = await lastLinks(database, targets);
  const spans = targets.flatMap(({ account, stamp }) => {
    const after = BigInt(lasts.get(account)?.stamp ?? 0);
    return after < stamp ? [{ account, after, stamp }] : [];
  });
  if (spans.length === 0) return;
  const parts = Map.groupBy(await digestSpans(database, spans, ROWS_OF_LINK), ({ span }) => span);
  await insertLinks(
    database,
    spans.flatMap((span, place) => linksOf(span, parts.get(place) ?? [], lasts.get(span.account)?.hash ?? BEGINNING)),
  );
}

/** The last link of each account that has one. */
async function lastLinks(
  database: Queryable,
  targets: readonly ChainTarget[],
): Promise<ReadonlyMap<AccountKey, LastLink>> {
  const { rows } = await database.query<LastLink>(
    `select l.* from unnest($1::bigint[]) a (account_id) cross join lateral (
      select account_id, stamp, hash from chain_links where account_id = a.account_id order by stamp desc limit 1
    ) l`,
    [targets.map(({ account }) => account)],
  );
  return new Map(rows.map((row) => [row.account_id, row]));
}

/** The last link ends with the span, whatever its last row is: nothing can be put behind that. */
function linksOf({ account, after, stamp }: LinkSpan, parts: readonly DigestedSpan[], previous: Buffer): Link[] {
  const links: Link[] = [];
  let last = { stamp: after, hash: previous };
  const add = (until: bigint, digest: Buffer, marks: Buffer): void => {
    const span = { account, after: last.stamp, stamp: until };
    const link = { ...span, marks, hash: linkHash(last.hash, span, digest) };
    links.push(link);
    last = link;
  };
  for (const [at, { lastId, digest, marks }] of parts.entries()) {
    add(at === parts.length - 1 ? stamp : versionOf(lastId), digest, marks);
  }
  if (parts.length === 0) add(stamp, OF_NOTHING, Buffer.alloc(0));
  return links;
}

async function insertLinks(database: Queryable, links: readonly Link[]): Promise<void> {
  await database.query(
    `insert into chain_links (account_id, stamp, after, marks, hash)
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])`,
    [
      links.map(({ account }) => account),
      links.map(({ stamp }) => String(stamp)),
      links.map(({ after }) => String(after)),
      links.map(({ marks }) => marks),
      links.map(({ hash }) => hash),
    ],
  );
}
