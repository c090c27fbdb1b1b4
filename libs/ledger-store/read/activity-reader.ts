import { Amount, ZERO } from '#amounts';
import type { Pool } from '#database';
import type { AccountKey, AccountRef, Transfer, Usage, UsageRecord } from '#ledger';
import { queryable, type Queryable } from '../queryable.ts';
import { usageRecordFromRow, type UsageRecordRow } from '../tables/usage-records.ts';
import { attemptRead } from './attempt-read.ts';
import { ADDED_TO_GRANTS, totalsAround, type Start, type Totals } from './balances-after.ts';
import type { FollowRequest, Page, PageRequest } from './page.ts';
import type { AllRequest, TimeRange, TransferReader } from './transfer-reader.ts';

/** A movement of an account's credits, with what it was for and what the account had after it. */
export interface Movement {
  readonly transfer: Transfer;
  /** What it added to the account's credits, less debt, or took from them; those of scheduled grants included. */
  readonly credits: Amount;
  /**
   * What was posted right after it: credits of the grants that were in effect by then, less debt. A grant that takes effect later adds
   * to the balance then, and nothing is booked for it.
   */
  readonly balanceAfter: Amount;
  /** When the grant that it granted takes effect, if that was later. */
  readonly effectiveAt: number | null;
  /** What its authorization was asked for, if it belongs to one. */
  readonly announced: readonly Usage[];
  /** The usage that was stated with it, with the first transfer of its transaction; empty where none was. */
  readonly stated: readonly UsageRecord[];
}

type Found = Page<Movement> | 'unknown' | null;

/** What an account has done, movement by movement. */
export class ActivityReader {
  constructor(
    private readonly pool: Pool,
    private readonly transfers: TransferReader,
  ) {}

  /** Newest first. @returns `null` where there is no such account. */
  async list(account: AccountRef, range: TimeRange, page: PageRequest): Promise<Found> {
    const isNewest = page.after === null && range.to === null;
    const found = await this.transfers.list(account, range, page);
    return found && this.pageOf(account, found, isNewest ? 'now' : 'closing');
  }

  /** In the order in which it was booked; see {@link TransferReader.follow}. */
  async follow(account: AccountRef, range: TimeRange, page: FollowRequest): Promise<Found> {
    const found = await this.transfers.follow(account, range, page);
    return found === 'unknown' || found === null ? found : this.pageOf(account, found, 'closing');
  }

  /** All pages, one after the other. Balances go on from the page before. */
  async *pages(account: AccountRef, range: TimeRange, request: AllRequest): AsyncGenerator<Found> {
    let start: Start = 'closing';
    for await (const page of this.transfers.pages(account, range, request)) {
      if (page === null || page === 'unknown') {
        yield page;
        return;
      }
      const { key } = account;
      const totals = await this.totalsOf(key, page.items, start);
      yield { ...page, items: await this.movementsOf(key, page.items, totals) };
      const last = page.items.at(-1);
      const found = last && totals.get(last.id);
      if (last && found) start = { id: last.id, totals: found };
    }
  }

  private async pageOf({ key }: AccountRef, page: Page<Transfer>, start: Start): Promise<Page<Movement>> {
    const totals = await this.totalsOf(key, page.items, start);
    return { ...page, items: await this.movementsOf(key, page.items, totals) };
  }

  private totalsOf(
    key: AccountKey,
    transfers: readonly Transfer[],
    start: Start,
  ): Promise<ReadonlyMap<string, Totals>> {
    return attemptRead(() => totalsAround(queryable(this.pool), key, transfers, start));
  }

  private movementsOf(
    key: AccountKey,
    transfers: readonly Transfer[],
    totals: ReadonlyMap<string, Totals>,
  ): Promise<readonly Movement[]> {
    return attemptRead(async () => {
      const database = queryable(this.pool);
      const [scheduled, announced, stated] = await Promise.all([
        readScheduled(database, key, transfers),
        readAnnounced(database, key, transfers),
        readStated(database, key, transfers),
      ]);
      return transfers.map((transfer): Movement => {
        const total = totals.get(transfer.id);
        if (!total) throw new Error(`no balance was added up for transfer ${transfer.id}`);
        return {
          transfer,
          credits: total.after.minus(total.before),
          balanceAfter: total.after.minus(scheduled.creditsAt(transfer)),
          effectiveAt: scheduled.effectiveAt(transfer),
          announced: announced.get(transfer.authorizationId ?? '') ?? [],
          stated: transfer.id === transfer.transactionId ? (stated.get(transfer.transactionId) ?? []) : [],
        };
      });
    });
  }
}

/** What was booked for grants that weren't in effect yet. */
interface Scheduled {
  /** The credits of grants that weren't in effect when the transfer was booked. */
  creditsAt(transfer: Transfer): Amount;
  effectiveAt(transfer: Transfer): number | null;
}

interface ScheduledRow {
  readonly id: string;
  readonly grant_id: string;
  readonly effective_at: Date;
  readonly added: string;
}

/** Few accounts have such grants. For one that has, everything is looked through that was booked since the grant was made. */
async function readScheduled(database: Queryable, key: AccountKey, transfers: readonly Transfer[]): Promise<Scheduled> {
  const last = transfers.map(({ id }) => id).reduce((one, other) => (one > other ? one : other), '');
  const earliest = Math.min(...transfers.map(({ createdAt }) => createdAt));
  const { rows } =
    transfers.length === 0
      ? { rows: [] }
      : await database.query<ScheduledRow>(
          `with scheduled as materialized (
            select id, effective_at from grants
            where account_id = $1 and effective_at > created_at and effective_at > $2 and id < $3
          )
          select t.id, t.grant_id, s.effective_at, ${ADDED_TO_GRANTS} as added
          from scheduled s join transfers t on t.account_id = $1 and t.grant_id = s.id
          where t.id > (select min(id::text)::uuid from scheduled) and t.id <= $3`,
          [key, new Date(earliest), last],
        );
  return {
    creditsAt: ({ id, createdAt }) =>
      rows.reduce(
        (sum, row) => (row.id <= id && row.effective_at.getTime() > createdAt ? sum.plus(row.added) : sum),
        ZERO,
      ),
    effectiveAt: ({ id, kind, createdAt }) => {
      const own = kind === 'grant' ? rows.find((row) => row.id === id) : undefined;
      return own && own.effective_at.getTime() > createdAt ? own.effective_at.getTime() : null;
    },
  };
}

async function readAnnounced(
  database: Queryable,
  key: AccountKey,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<string, readonly Usage[]>> {
  const ids = authorizationsOf(transfers);
  if (ids.length === 0) return new Map();
  const { rows } = await database.query<{ id: string; usage: readonly Usage[] }>(
    `select found.* from unnest($2::uuid[]) wanted (id), lateral (
      select id, usage from authorizations where account_id = $1 and id = wanted.id
      union all select id, usage from holds where account_id = $1 and id = wanted.id
    ) found`,
    [key, ids],
  );
  return new Map(rows.map(({ id, usage }) => [id, usage]));
}

/** What was stated with transactions, by their ids. A command first moves credits, then it states usage. */
async function readStated(
  database: Queryable,
  key: AccountKey,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<string, readonly UsageRecord[]>> {
  const ids = authorizationsOf(transfers);
  if (ids.length === 0) return new Map();
  const times = transfers.map(({ createdAt }) => createdAt);
  const { rows } = await database.query<UsageRecordRow>(
    `select found.* from unnest($2::uuid[]) wanted (id), lateral (
      select * from usage_records where account_id = $1 and authorization_id = wanted.id and id > wanted.id
        and created_at between $3 and $4
      order by id offset 0
    ) found`,
    [key, ids, new Date(Math.min(...times)), new Date(Math.max(...times))],
  );
  const byAuthorization = Map.groupBy(transfers, ({ authorizationId }) => authorizationId);
  const stated = new Map<string, UsageRecord[]>();
  for (const record of rows.map(usageRecordFromRow)) {
    const own = byAuthorization.get(record.authorizationId) ?? [];
    const before = own.filter(({ id, createdAt }) => id < record.statementId && createdAt === record.createdAt);
    const nearest = before.reduce<Transfer | null>((best, one) => (best && best.id > one.id ? best : one), null);
    if (nearest) stated.set(nearest.transactionId, [...(stated.get(nearest.transactionId) ?? []), record]);
  }
  return stated;
}

function authorizationsOf(transfers: readonly Transfer[]): string[] {
  return [...new Set(transfers.flatMap(({ authorizationId }) => authorizationId ?? []))];
}
