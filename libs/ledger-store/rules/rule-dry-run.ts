import type { Pool } from '#database';
import { Amount } from '#amounts';
import { statedQuantity, type Usage } from '#pricing';
import { Replay, type AccountRef, type Caught, type PastRequest, type Rules } from '#ledger';
import { rowsOf } from '../load/rows-of.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { inSnapshot } from '../read/snapshot.ts';
import type { Statement } from '../statement.ts';
import { authorizationFromClosed, type ClosedAuthorizationRow } from '../tables/authorizations.ts';

/** So many authorizations are replayed at most. */
const REPLAYED_MAX = 50_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const SPIKE_LOOK_BACK_MS = 7 * DAY_MS;

export interface DryRunRequest {
  readonly environment: string;
  /** `null`: all accounts of the environment. */
  readonly account: AccountRef | null;
  /** By the accounts' clocks, in milliseconds since 1970: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly rules: Rules;
}

export interface DryRun {
  readonly requests: number;
  /** Each account, rule and value of which anything would have been declined. */
  readonly caught: readonly (Caught & { readonly accountId: string })[];
  /** Until when requests were replayed: `to`, or before where there were too many. */
  readonly until: number;
  readonly truncated: boolean;
}

interface PastRow extends ClosedAuthorizationRow {
  readonly account_external_id: string;
  readonly output: string | null;
}

/** Replays closed authorizations through rules. It reads a range of an index, and no more than so many rows of it. */
export class RuleDryRun {
  constructor(private readonly pool: Pool) {}

  async run(request: DryRunRequest): Promise<DryRun> {
    const { from, to, rules } = request;
    const readFrom = rules.spike.length > 0 ? from - SPIKE_LOOK_BACK_MS : from;
    const statement = findPast({ ...request, from: readFrom });
    const rows = await attemptRead(() => inSnapshot(this.pool, (client) => rowsOf<PastRow>(client, statement)));
    const truncated = rows.length > REPLAYED_MAX;
    const replayed = rows.slice(0, REPLAYED_MAX);
    const replay = new Replay(rules, from);
    const ids = new Map<string, string>();
    let until = from;
    for (const row of replayed) {
      const past = pastRequest(row);
      ids.set(past.account, row.account_external_id);
      replay.add(past);
      until = Math.max(until, past.at);
    }
    const caught = [...replay.caught.values()].map((one) => ({ ...one, accountId: ids.get(one.account) ?? '' }));
    return { requests: replay.requests, caught, until: truncated ? until : to, truncated };
  }
}

function pastRequest(row: PastRow): PastRequest {
  const { accountKey: account, createdAt: at, ...past } = authorizationFromClosed(row);
  const { amount, committed, refunded, usage, tags, pricing, expiresAt, closedAt } = past;
  const stated = usage.map((one: Usage) => Number(statedQuantity(one, 'output_tokens')?.toFixed() ?? 0));
  return {
    account,
    at,
    closedAt: expiresAt === null ? null : closedAt,
    amount: new Amount(amount),
    charged: committed.minus(refunded),
    tags,
    asked: usage.length === 0 ? amount.toFixed() : JSON.stringify(usage),
    outputAskedFor: Math.max(pricing?.maxOutputTokens ?? 0, ...stated),
    output: Number(row.output ?? 0),
  };
}

/** Ids rise with real time, and no account's clock is behind it. */
function findPast({ environment, account, from, to }: DryRunRequest): Statement {
  return {
    name: account ? 'find_past_requests_of_account' : 'find_past_requests',
    text: `with ahead as materialized (
        select coalesce(max(ahead_ms), 0) * interval '1 millisecond' as most from test_clocks where environment = $1
      )
      select a.*, o.external_id as account_external_id, said.output
      from (
        select z.* from ahead, authorizations z
        where ${account ? 'z.account_id = $5 and z.environment = $1' : `z.environment = $1 and z.environment > ''`}
          and id >= uuid_at($2::timestamptz - ahead.most) and id < uuid_at($3::timestamptz)
          and created_at >= $2::timestamptz and created_at < $3::timestamptz
        order by id limit $4
      ) a
      join accounts o on o.account_id = a.account_id
      cross join lateral (
        select sum((r.usage ->> 'output_tokens')::numeric) as output from usage_records r
        where r.account_id = a.account_id and r.authorization_id = a.id and r.kind <> 'adjustment'
      ) said
      order by a.id`,
    values: [
      environment,
      new Date(from).toISOString(),
      new Date(to).toISOString(),
      REPLAYED_MAX + 1,
      ...(account ? [account.key] : []),
    ],
  };
}
