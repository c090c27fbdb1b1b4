import { Amount, formatAmount } from '#amounts';
import type { Queryable } from '../queryable.ts';
import { idOf, pageOf, type Page, type PageRequest } from '../read/page.ts';
import type { CreditPackage, CreditPackageTerms } from './credit-package.ts';

export interface NewCreditPackage extends CreditPackageTerms {
  readonly id: string;
  readonly environment: string;
  readonly createdBy: string;
}

export async function insertPackage(database: Queryable, added: NewCreditPackage): Promise<CreditPackage> {
  const { rows } = await database.query<PackageRow>(
    `insert into credit_packages (id, environment, created_by, name, credits, bonus_credits, price, currency,
      expires_after_s, priority)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${COLUMNS}`,
    [added.id, added.environment, added.createdBy, ...valuesOf(added)],
  );
  return packageFromRow(theOne(rows));
}

/** @param changed as it is to be; archived now where it says so and wasn't before */
export async function updatePackage(
  database: Queryable,
  changed: CreditPackage,
  archived: boolean,
): Promise<CreditPackage> {
  const { rows } = await database.query<PackageRow>(
    `update credit_packages set name = $2, credits = $3, bonus_credits = $4, price = $5, currency = $6,
      expires_after_s = $7, priority = $8,
      archived_at = case when $9 then coalesce(archived_at, clock_timestamp()) end
    where id = $1 returning ${COLUMNS}`,
    [changed.id, ...valuesOf(changed), archived],
  );
  return packageFromRow(theOne(rows));
}

/** Until the transaction ends, whoever else changes it waits. */
export async function lockPackage(database: Queryable, environment: string, id: string): Promise<CreditPackage | null> {
  const { rows } = await database.query<PackageRow>(
    `select ${COLUMNS} from credit_packages where environment = $1 and id = $2 for no key update`,
    [environment, id],
  );
  return rows[0] ? packageFromRow(rows[0]) : null;
}

export async function findPackage(database: Queryable, environment: string, id: string): Promise<CreditPackage | null> {
  const { rows } = await database.query<PackageRow>(
    `select ${COLUMNS} from credit_packages where environment = $1 and id = $2`,
    [environment, id],
  );
  return rows[0] ? packageFromRow(rows[0]) : null;
}

/** An environment's packages, newest first. */
export async function listPackages(
  database: Queryable,
  environment: string,
  page: PageRequest,
): Promise<Page<CreditPackage>> {
  const { rows } = await database.query<PackageRow>(
    `select ${COLUMNS} from credit_packages where environment = $1 and ($2::uuid is null or id < $2)
    order by id desc limit $3`,
    [environment, page.after, page.limit + 1],
  );
  return pageOf(rows, page, idOf, packageFromRow);
}

const COLUMNS = `id, environment, name, credits, bonus_credits, price, currency, expires_after_s, priority, archived_at,
  created_at`;

interface PackageRow {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly credits: string;
  readonly bonus_credits: string;
  readonly price: string;
  readonly currency: string;
  readonly expires_after_s: number | null;
  readonly priority: number;
  readonly archived_at: Date | null;
  readonly created_at: Date;
}

function valuesOf(terms: CreditPackageTerms): unknown[] {
  return [
    terms.name,
    formatAmount(terms.credits),
    formatAmount(terms.bonusCredits),
    formatAmount(terms.price),
    terms.currency,
    terms.expiresAfterSeconds,
    terms.priority,
  ];
}

function packageFromRow(row: PackageRow): CreditPackage {
  return {
    id: row.id,
    environment: row.environment,
    name: row.name,
    credits: new Amount(row.credits),
    bonusCredits: new Amount(row.bonus_credits),
    price: new Amount(row.price),
    currency: row.currency,
    expiresAfterSeconds: row.expires_after_s,
    priority: row.priority,
    archivedAt: row.archived_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}

function theOne<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('a row was written and not returned');
  return row;
}
