/**
 * The journal: what is written once and never changed. A row's digest covers the columns named here, and none that may carry
 * personal data, for those are overwritten when somebody is erased: no metadata, tags, names, reasons, properties, or what a vendor
 * answered. What a later version adds to a table isn't covered by the links that are there, so it needs another version of links.
 */
interface ChainedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Fields that erasing a person may overwrite, wherever they stand. */
const PERSONAL_FIELDS = [
  'properties',
  'raw',
  'name',
  'metadata',
  'tags',
  'group',
  'group_name',
  'budgets',
  'customer',
  'payment_method',
  'action_url',
  'raise_requests',
  'scope',
  'value',
  'detail',
  'reason',
  'denial',
];

const CHAINED_TABLES: readonly ChainedTable[] = [
  {
    name: 'grants',
    columns: [
      'amount',
      'category',
      'cost_basis',
      'amount_paid',
      'currency',
      'purchase_id',
      'purchase_reference',
      'effective_at',
      'created_at',
    ],
  },
  {
    name: 'transfers',
    columns: [
      'transaction_id',
      'kind',
      'debit',
      'credit',
      'amount',
      'grant_id',
      'into_grant_id',
      'authorization_id',
      'corrects',
      'created_at',
    ],
  },
  {
    name: 'usage_records',
    columns: [
      'environment',
      'authorization_id',
      'statement_id',
      'kind',
      'event',
      'model',
      `usage - '{${PERSONAL_FIELDS.join(',')}}'::text[]`,
      'lines',
      'amount',
      'settlement',
      'cost',
      'cost_currency',
      'created_at',
    ],
  },
  { name: 'uncollected_usage', columns: ['environment', 'authorization_id', 'amount', 'created_at'] },
];

/** The text of a row must be the same in every session. */
export const TEXT_SETTINGS = `set local timezone = 'UTC'; set local datestyle = 'ISO'`;

/** The rows of one account in a span, each with its digest. @param span a row with account_id, after_id and last_id */
export function digestsOf(span: string): string {
  return CHAINED_TABLES.map(
    ({ name, columns }) => `
      select r.id, '${name}' as source, sha256(convert_to(row('${name}'::text, r.account_id, r.id, ${columns
        .map((column) => `r.${column}`)
        .join(', ')})::text, 'UTF8')) as digest
      from ${name} r where r.account_id = ${span}.account_id and r.id > ${span}.after_id and r.id <= ${span}.last_id`,
  ).join(' union all ');
}
