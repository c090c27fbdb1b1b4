import type { Pool } from '#database';
import { accountKeyOf, publicId, type AccountKey } from '#ledger';
import {
  attemptRead,
  change,
  queryable,
  type Changed,
  type ChangeAnswer,
  type ChangeRequest,
  type Page,
  type PageRequest,
  type Queryable,
} from '#ledger-store';
import { anomalyFromRow, type Anomaly, type AnomalyRow, type AnomalyState } from './anomaly.ts';

/** An anomaly with its account's own id. */
export interface ReadAnomaly {
  readonly account: string;
  readonly unit: string;
  readonly anomaly: Anomaly;
}

/** Which anomalies a list shows; `null`: all. */
export interface AnomalyFilter {
  readonly account: AccountKey | null;
  readonly state: AnomalyState | null;
  readonly model: string | null;
  /** Whether they go on. */
  readonly isUnderWay: boolean | null;
  /** Begun at this time or later, and before that one, in milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
}

type FoundRow = AnomalyRow & { readonly external_id: string; readonly unit: string };

const SELECT = `select n.*, a.external_id, a.unit from anomalies n join accounts a on a.account_id = n.account_id
  where n.environment = $1 and n.state <> 'suspected'`;

/** What was found of hours that used more than is usual. Every method throws {@link LedgerUnavailable} where the database isn't there. */
export class Anomalies {
  constructor(private readonly pool: Pool) {}

  /** @returns `null` where the environment has none with this id */
  find(environment: string, id: string): Promise<ReadAnomaly | null> {
    return attemptRead(() => findIn(queryable(this.pool), environment, id));
  }

  /** The newest first. */
  list(environment: string, filter: AnomalyFilter, page: PageRequest): Promise<Page<ReadAnomaly>> {
    const { account, state, model, isUnderWay, from, to } = filter;
    return attemptRead(async () => {
      const { rows } = await queryable(this.pool).query<FoundRow>(
        `${SELECT} and ($2::bigint is null or n.account_id = $2) and ($3::text is null or n.state = $3)
          and ($4::text is null or n.model = $4) and ($5::boolean is null or (n.ended_at is null) = $5)
          and ($6::timestamptz is null or n.started_at >= $6) and ($7::timestamptz is null or n.started_at < $7)
          and ($8::uuid is null or n.id < $8) order by n.id desc limit $9`,
        [environment, account, state, model, isUnderWay, timeOf(from), timeOf(to), page.after, page.limit + 1],
      );
      const shown = rows.slice(0, page.limit);
      const next = rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null;
      return { items: shown.map(readFromRow), next };
    });
  }

  /** Says what somebody makes of it. Any state may follow any other; the same again changes nothing. */
  setState(
    request: ChangeRequest,
    { id, state }: { readonly id: string; readonly state: AnomalyState },
    answerTo: (changed: ReadAnomaly) => ChangeAnswer,
  ): Promise<Changed<'anomaly_not_found'>> {
    const { environment } = request;
    return change(this.pool, request, async (database) => {
      const found = await findIn(database, environment, id, 'for no key update of n');
      if (!found) return { ok: false, refusal: 'anomaly_not_found' };
      const { anomaly } = found;
      if (anomaly.state === state) return { ok: true, answer: answerTo(found), audited: [] };
      await database.query('update anomalies set state = $3 where account_id = $1 and id = $2', [
        anomaly.accountKey,
        id,
        state,
      ]);
      const object = publicId('anomaly', id);
      const audited = [{ environment, object, before: { state: anomaly.state }, after: { state } }];
      return { ok: true, answer: answerTo({ ...found, anomaly: { ...anomaly, state } }), audited };
    });
  }
}

async function findIn(database: Queryable, environment: string, id: string, lock = ''): Promise<ReadAnomaly | null> {
  const { rows } = await database.query<FoundRow>(`${SELECT} and n.account_id = $2 and n.id = $3 ${lock}`, [
    environment,
    accountKeyOf(id),
    id,
  ]);
  return rows[0] ? readFromRow(rows[0]) : null;
}

function readFromRow({ external_id: account, unit, ...row }: FoundRow): ReadAnomaly {
  return { account, unit, anomaly: anomalyFromRow(row) };
}

function timeOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
