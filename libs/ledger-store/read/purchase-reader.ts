import type { Pool } from '#database';
import { accountKeyOf, type AccountKey, type PaymentStatus, type ProviderName, type Purchase } from '#ledger';
import { queryable } from '../queryable.ts';
import { purchaseFromRow, type PurchaseRow } from '../tables/purchases.ts';
import { attemptRead } from './attempt-read.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';

/** A purchase with its account's own id. */
export interface ReadPurchase {
  readonly account: string;
  readonly purchase: Purchase;
}

/** Which purchases a list shows; `null`: all. */
export interface PurchaseFilter {
  readonly account: AccountKey | null;
  readonly status: PaymentStatus | null;
  /** Whether a rule of the account began it. */
  readonly automatic: boolean | null;
  readonly provider: ProviderName | null;
  /** Begun at this time or later, and before that one, in milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
}

type FoundRow = PurchaseRow & { readonly external_id: string };

const SELECT = 'select p.*, a.external_id from purchases p join accounts a on a.account_id = p.account_id';

/** Reads what was sold. Every method throws {@link LedgerUnavailable} where the database isn't there. */
export class PurchaseReader {
  constructor(private readonly pool: Pool) {}

  /** @returns `null` where the environment has none with this id */
  find(environment: string, id: string): Promise<ReadPurchase | null> {
    return this.first(`${SELECT} where p.environment = $1 and p.account_id = $2 and p.id = $3`, [
      environment,
      accountKeyOf(id),
      id,
    ]);
  }

  /** @param reference the provider's name for the payment */
  findByReference(provider: ProviderName, reference: string): Promise<ReadPurchase | null> {
    return this.first(`${SELECT} where p.provider = $1 and p.reference = $2 order by p.id limit 1`, [
      provider,
      reference,
    ]);
  }

  /** The newest first. */
  list(environment: string, filter: PurchaseFilter, page: PageRequest): Promise<Page<ReadPurchase>> {
    const { account, status, automatic, provider, from, to } = filter;
    return attemptRead(async () => {
      const { rows } = await queryable(this.pool).query<FoundRow>(
        `${SELECT} where p.environment = $1 and ($2::bigint is null or p.account_id = $2)
          and ($3::text is null or p.status = $3) and ($4::boolean is null or p.automatic = $4)
          and ($5::text is null or p.provider = $5) and ($6::timestamptz is null or p.created_at >= $6)
          and ($7::timestamptz is null or p.created_at < $7)
          and ($8::uuid is null or p.id < $8) order by p.id desc limit $9`,
        [environment, account, status, automatic, provider, timeOf(from), timeOf(to), page.after, page.limit + 1],
      );
      return pageOf(rows, page, idOf, purchaseRead);
    });
  }

  private first(text: string, values: readonly unknown[]): Promise<ReadPurchase | null> {
    return attemptRead(async () => {
      const { rows } = await queryable(this.pool).query<FoundRow>(text, [...values]);
      return rows[0] ? purchaseRead(rows[0]) : null;
    });
  }
}

function timeOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}

function purchaseRead({ external_id: account, ...row }: FoundRow): ReadPurchase {
  return { account, purchase: purchaseFromRow(row) };
}
