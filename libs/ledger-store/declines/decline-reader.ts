import type { Pool } from '#database';
import { attemptRead } from '../read/attempt-read.ts';
import { queryable } from '../queryable.ts';
import type { DeclineRecorder } from './decline-recorder.ts';

/** What declines are grouped by: their reason, their account, or a tag. */
export type DeclineGroup = 'reason' | 'account' | `tag.${string}`;

export interface DeclineQuestion {
  readonly environment: string;
  /** The key of the one account that is asked about; `null`: all of them. */
  readonly account: string | null;
  readonly reason: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly DeclineGroup[];
  /** In milliseconds since 1970: `from` inclusive, `to` exclusive. Minutes are counted whole, by when they begin. */
  readonly from: number;
  readonly to: number;
  /** Where each bucket begins, in order, and where the last one ends. */
  readonly bounds: readonly number[];
}

export interface DeclineRow {
  /** Which bucket, from 0. */
  readonly bucket: number;
  /** The value of each group; `null` where a request had none. */
  readonly values: readonly (string | null)[];
  readonly requests: number;
}

/** How many requests were declined. They are kept for {@link DECLINE_DAYS} days. */
export class DeclineReader {
  /** @param recorder of this process, whose counts are read too. Those of others are a second old at most */
  constructor(
    private readonly pool: Pool,
    private readonly recorder: Pick<DeclineRecorder, 'flush'>,
  ) {}

  /** Rows in the order of buckets, in each those with the most requests first. @param limit as many are read */
  async read(question: DeclineQuestion, limit: number): Promise<readonly DeclineRow[]> {
    await this.recorder.flush();
    return attemptRead(async () => {
      const { text, values } = statementOf(question, limit);
      const { rows } = await queryable(this.pool).query<{
        bucket: number;
        values: (string | null)[];
        requests: string;
      }>(text, values);
      return rows.map((row) => ({ ...row, requests: Number(row.requests) }));
    });
  }
}

const MINUTE_MS = 60_000;

/** How long they are kept. */
export const DECLINE_DAYS = 90;

function statementOf(question: DeclineQuestion, limit: number): { text: string; values: unknown[] } {
  const { environment, account, reason, tags, groups, from, to, bounds } = question;
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${String(values.push(value))}`;
  const starts = `${parameter(bounds.slice(0, -1).map((at) => new Date(at).toISOString()))}::timestamptz[]`;
  const columns = groups.map((group) => {
    if (group === 'reason') return 'd.reason';
    if (group === 'account') return 'a.external_id';
    return `d.tags ->> ${parameter(group.slice('tag.'.length))}::text`;
  });
  const conditions = [
    `d.environment = ${parameter(environment)}`,
    `d.minute >= ${parameter(new Date(from - (from % MINUTE_MS)))}`,
    `d.minute < ${parameter(new Date(to))}`,
    ...(account === null ? [] : [`d.account_id = ${parameter(account)}::bigint`]),
    ...(reason === null ? [] : [`d.reason = ${parameter(reason)}`]),
    ...Object.entries(tags).map(([name, value]) => `d.tags ->> ${parameter(name)}::text = ${parameter(value)}`),
  ];
  const named = columns.map((column, index) => `${column} as g${String(index)}`);
  const names = groups.map((_, index) => `g${String(index)}`);
  const join = groups.includes('account') ? 'join accounts a on a.account_id = d.account_id' : '';
  return {
    text: `select bucket, array[${names.join(', ')}]::text[] as values, sum(requests) as requests from (
        select width_bucket(d.minute, ${starts}) - 1 as bucket, ${[...named, 'd.requests'].join(', ')}
        from declined_requests d ${join} where ${conditions.join(' and ')}
      ) counted
      group by ${['bucket', ...names].join(', ')}
      order by ${['bucket', 'requests desc', ...names].join(', ')} limit ${parameter(limit)}`,
    values,
  };
}
