import { Amount, formatAmount, type JsonObject } from '#amounts';
import type { Settlement, Usage, UsageRecord, UsageRecordKind } from '#ledger';
import type { Line } from '#pricing';
import { column } from './column.ts';
import { accountKey, enumeration, json, jsonList, numeric, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** `[<component>, "<quantity>", "<count>", "<rate>" or null, "<amount>"]`; event and model are the usage's. */
type StoredLine = readonly [component: number, quantity: string, count: string, rate: string | null, amount: string];

const lines = jsonList<Line, StoredLine>(
  ([component, quantity, count, rate, amount]) => ({
    event: '',
    model: null,
    component,
    quantity,
    count: new Amount(count),
    rate: rate === null ? null : new Amount(rate),
    amount: new Amount(amount),
  }),
  ({ component, quantity, count, rate, amount }) => [
    component,
    quantity,
    formatAmount(count),
    rate && formatAmount(rate),
    formatAmount(amount),
  ],
);

/** What was used: a row for each usage of a charge, a commit or an adjustment. */
export const USAGE_RECORDS = table({
  name: 'usage_records',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    environment: column('environment', text()),
    authorizationId: column('authorization_id', uuid),
    statementId: column('statement_id', uuid),
    kind: column('kind', enumeration<UsageRecordKind>('usage_record_kind')),
    usage: column('usage', json<Usage>()),
    raw: column('raw', json<JsonObject>()).nullable(),
    lines: column('lines', lines),
    amount: column('amount', numeric).nullable(),
    settlement: column('settlement', text<Settlement>()),
    cost: column('cost', numeric).nullable(),
    currency: column('cost_currency', text()).nullable(),
    createdAt: column('created_at', time),
    // For reports, which ask for them by name.
    event: column('event', text()).generated(),
    model: column('model', text()).nullable().generated(),
  },
});

export type UsageRecordRow = RowOf<typeof USAGE_RECORDS>;

export function usageRecordFromRow(row: UsageRecordRow): UsageRecord {
  const { event, model, ...record } = USAGE_RECORDS.fromRow(row);
  return { ...record, lines: record.lines.map((line) => ({ ...line, event, model })) };
}
