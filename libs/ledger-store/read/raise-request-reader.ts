import type { Pool } from '#database';
import { accountKeyOf, type AccountKey, type RaiseRequest, type RaiseRequestStatus } from '#ledger';
import { queryable } from '../queryable.ts';
import { raiseRequestFromRow, type RaiseRequestRow } from '../tables/raise-requests.ts';
import { attemptRead } from './attempt-read.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';

/** A request with its account's own id. */
export interface ReadRaiseRequest {
  readonly account: string;
  readonly request: RaiseRequest;
}

/** Which requests a list shows; `null`: all. */
export interface RaiseRequestFilter {
  readonly account: AccountKey | null;
  readonly status: RaiseRequestStatus | null;
}

type FoundRow = RaiseRequestRow & { readonly external_id: string };

const REQUESTS = `select r.*, a.external_id from raise_requests r join accounts a on a.account_id = r.account_id
  where r.environment = $1`;

/** Reads who asked for raises of budgets. Every method throws {@link LedgerUnavailable} where the database isn't there. */
export class RaiseRequestReader {
  constructor(private readonly pool: Pool) {}

  /** @returns `null` where the environment has none with this id */
  find(environment: string, id: string): Promise<ReadRaiseRequest | null> {
    return attemptRead(async () => {
      const { rows } = await queryable(this.pool).query<FoundRow>(`${REQUESTS} and r.account_id = $2 and r.id = $3`, [
        environment,
        accountKeyOf(id),
        id,
      ]);
      return rows[0] ? requestFromRow(rows[0]) : null;
    });
  }

  /** The newest first. */
  list(
    environment: string,
    { account, status }: RaiseRequestFilter,
    page: PageRequest,
  ): Promise<Page<ReadRaiseRequest>> {
    return attemptRead(async () => {
      const { rows } = await queryable(this.pool).query<FoundRow>(
        `${REQUESTS} and ($2::bigint is null or r.account_id = $2) and ($3::text is null or r.status = $3)
          and ($4::uuid is null or r.id < $4) order by r.id desc limit $5`,
        [environment, account, status, page.after, page.limit + 1],
      );
      return pageOf(rows, page, idOf, requestFromRow);
    });
  }
}

function requestFromRow({ external_id: account, ...row }: FoundRow): ReadRaiseRequest {
  return { account, request: raiseRequestFromRow(row) };
}
