import { Amount, ZERO } from '#amounts';
import { windowOf } from '#calendar';
import type { AccountKey, Grant, RecurringGrant, Spending } from '#ledger';
import type { Queryable } from '#ledger-store';
import type { Demand } from './course.ts';
import { PAST_DAYS } from './forecast.ts';
import { picos } from './picos.ts';
import { splitByTags, type TagShares } from './split-by-tags.ts';
import { SAMPLE_DAYS } from './usual-days.ts';

/** What an account used lately: what a forecast is made from. */
export interface PastUsage {
  /** Whole days, the oldest first, yesterday last. */
  readonly days: readonly Amount[];
  readonly demands: readonly Demand[];
}

export interface PastUsageRequest {
  readonly account: AccountKey;
  /** By the account's clock. */
  readonly now: number;
  readonly timeZone: string;
  /** Nothing is asked of the time before. */
  readonly createdAt: number;
  /** The tags that scopes of its grants ask for. */
  readonly tags: ReadonlySet<string>;
}

interface UsedRow {
  /** The number of the day, from 1 on. */
  readonly day: number;
  readonly event: string;
  readonly model: string;
  readonly used: string;
}

interface TagRow {
  readonly tag: string;
  readonly value: string;
  readonly used: string;
}

const USED = 'sum(paid + promotional + included + debt)::text as used';

export async function readPastUsage(database: Queryable, request: PastUsageRequest): Promise<PastUsage> {
  const { account, now, timeZone, createdAt, tags } = request;
  const today = windowOf('day', timeZone, now).start;
  const starts = daysBefore(today, timeZone, createdAt).map((start) => new Date(start));
  const [first] = starts;
  if (!first) return { days: [], demands: [] };
  const { rows } = await database.query<UsedRow>(
    `select width_bucket(slot, $3::timestamptz[]) as day, event, model, ${USED} from usage_slots
    where account_id = $1 and slot >= $2 and slot < $4 group by 1, 2, 3`,
    [account, first, starts, new Date(today)],
  );
  const days = starts.map((_, index) => sumOf(rows.filter(({ day }) => day === index + 1)));
  const recent = rows.filter(({ day }) => day > starts.length - SAMPLE_DAYS);
  const since = starts.at(-SAMPLE_DAYS) ?? first;
  const shares = tags.size === 0 ? [] : await readTagShares(database, account, { tags, since, until: new Date(today) });
  return { days, demands: splitByTags(demandsOf(recent), shares) };
}

/** The tags that grants of an account ask for, those to come included. */
export function tagsAskedFor(
  grants: readonly Pick<Grant, 'scope'>[],
  recurring: readonly Pick<RecurringGrant, 'terms'>[],
): ReadonlySet<string> {
  const scopes = [...grants.map(({ scope }) => scope), ...recurring.map(({ terms }) => terms.scope)];
  return new Set(scopes.flatMap((scope) => Object.keys(scope?.tags ?? {})));
}

function daysBefore(today: number, timeZone: string, createdAt: number): readonly number[] {
  const starts: number[] = [];
  for (let end = today; starts.length < PAST_DAYS && end > createdAt;) {
    end = windowOf('day', timeZone, end - 1).start;
    starts.unshift(end);
  }
  return starts;
}

function demandsOf(rows: readonly UsedRow[]): readonly Demand[] {
  const weights = new Map<string, Demand>();
  for (const { event, model, used } of rows) {
    const key = JSON.stringify([event, model]);
    const weight = (weights.get(key)?.weight ?? 0n) + picos(new Amount(used));
    weights.set(key, { spending: spendingOf(event, model), weight });
  }
  return [...weights.values()].filter(({ weight }) => weight > 0n);
}

function spendingOf(event: string, model: string): Spending {
  const usage = event === '' ? [] : [{ event, ...(model === '' ? {} : { model }) }];
  return { usage, tags: {} };
}

async function readTagShares(
  database: Queryable,
  account: AccountKey,
  { tags, since, until }: { readonly tags: ReadonlySet<string>; readonly since: Date; readonly until: Date },
): Promise<readonly TagShares[]> {
  const { rows } = await database.query<TagRow>(
    `select tag, value, ${USED} from tag_slots
    where account_id = $1 and tag = any($2) and slot >= $3 and slot < $4 group by 1, 2`,
    [account, [...tags], since, until],
  );
  return [...tags].map((tag) => ({
    tag,
    values: rows
      .filter((row) => row.tag === tag)
      .map(({ value, used }) => ({ value, used: picos(new Amount(used)) }))
      .filter(({ used }) => used > 0n),
  }));
}

function sumOf(rows: readonly UsedRow[]): Amount {
  return rows.reduce((sum, { used }) => sum.plus(used), ZERO);
}
