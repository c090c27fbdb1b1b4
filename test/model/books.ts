import { Amount } from '#amounts';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import type { Names } from './names.ts';
import { debtOf, heldBy, partsAsText, pinned, type Entry } from './reference-books.ts';
import type { ReferenceLedger } from './reference-ledger.ts';
import type { AccountName } from './requests.ts';
import {
  expectedPurchase,
  expectedRefills,
  foundRefills,
  PURCHASES,
  REFILLS,
  type RefillsRow,
} from './refill-books.ts';
import { partsInWords } from './service-words.ts';
import { sum, text } from './units.ts';
import { EPOCH } from './world.ts';

/** Everything that stands in the tables, or should, in plain words: objects by name, transfers by what they move when. */
export type Books = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function expectedBooks(reference: ReferenceLedger): Books {
  const open = reference.authorizations.filter(({ status }) => status === 'authorized');
  const closed = reference.authorizations.filter(({ status }) => status !== 'authorized');
  return {
    accounts: byName(reference.accounts, ({ name, limit }) => ({
      limit: text(limit),
      debt: text(reference.debt(name)),
      overdraftHeld: text(reference.overdraftHeld(name)),
    })),
    grants: byName(reference.grants, (grant) => ({
      remaining: text(reference.remaining(grant)),
      held: text(reference.pinnedOf(grant)),
      voidedAt: grant.voidedAt,
    })),
    holds: byName(open, (one) => ({
      held: text(heldBy(one)),
      overdraftHeld: text(pinned(one, null)),
      pins: partsAsText(one.pins.filter(({ grant }) => grant !== null)),
      expiresAt: one.expiresAt,
    })),
    authorizations: byName(closed, (one) => ({
      status: one.status,
      late: one.late,
      committed: text(reference.committed(one)),
      uncollected: text(one.uncollected),
      refunded: text(reference.refunded(one)),
      heldAtClose: text(one.heldAtClose ?? 0n),
      finalAmount: one.finalAmount === null ? null : text(one.finalAmount),
      draws: partsAsText(reference.drawsOf(one)),
      committedAt: one.committedAt,
      closedAt: one.closedAt,
    })),
    purchases: byName(reference.purchases, expectedPurchase),
    refills: expectedRefills(reference),
    periods: Object.fromEntries(
      reference.periods.map((period) => [
        `${period.account} from ${period.start}`,
        {
          end: period.end,
          amount: text(period.amount),
          spent: text(reference.spent(period)),
          settled: period.settled,
          uncollected: text(period.uncollected),
        },
      ]),
    ),
    windows: expectedWindows(reference),
    shares: expectedShares(reference),
    transfers: Object.fromEntries(
      Array.from(Map.groupBy(reference.entries, labelOf), ([label, entries]) => [
        label,
        text(sum(entries, ({ amount }) => amount)),
      ]),
    ),
  };
}

/** By account, budget, value and start. */
function expectedWindows(reference: ReferenceLedger): Record<string, unknown> {
  const windows = reference.authorizations.flatMap(({ account, counted }) =>
    counted.map((window) => [windowLabel(account, window), { account, window }] as const),
  );
  return Object.fromEntries(
    Array.from(new Map(windows), ([label, { account, window }]) => [
      label,
      {
        end: window.end === Infinity ? null : window.end,
        used: text(reference.spentIn(account, window)),
        reserved: text(reference.heldIn(account, window)),
      },
    ]),
  );
}

/** By account: what it has used and holds of the key's limit, in all windows. */
function expectedShares(reference: ReferenceLedger): Record<string, unknown> {
  const { keyLimit, authorizations } = reference;
  const counting = keyLimit === null ? [] : authorizations.filter(({ isOfKey }) => isOfKey);
  const sums = [...Map.groupBy(counting, ({ account }) => account)].map(
    ([account, own]) =>
      [
        account,
        {
          used: text(sum(own, (one) => reference.committed(one) - reference.refunded(one))),
          reserved: text(sum(own, heldBy)),
        },
      ] as const,
  );
  return Object.fromEntries(sums.filter(([, { used, reserved }]) => used !== '0' || reserved !== '0'));
}

interface WindowName {
  readonly budget: string;
  readonly value: string | null;
  readonly start: number;
  readonly end: number | null;
}

/** Windows of two periods may start at one instant. */
function windowLabel(account: string, { budget, value, start, end }: WindowName): string {
  return `${budget} of ${account} for ${value ?? 'all'} from ${start} to ${end ?? Infinity}`;
}

function byName<T extends { readonly name: string }>(
  objects: readonly T[],
  show: (object: T) => object,
): Record<string, unknown> {
  return Object.fromEntries(objects.map((object) => [object.name, show(object)]));
}

function labelOf({
  kind,
  debit,
  credit,
  authorization,
  at,
}: Pick<Entry, 'kind' | 'debit' | 'credit' | 'authorization' | 'at'>): string {
  return `${kind} ${debit} → ${credit}${authorization === null ? '' : ` for ${authorization}`} at ${at}`;
}

/** Reads the books of some sequences, in as many queries as there are tables. */
export async function foundBooks(pool: Pool, sequences: readonly Names[]): Promise<Books[]> {
  const keys = sequences.flatMap(({ accounts }) => Array.from(accounts.keys()));
  const rowsOf = async <Row>(sql: string): Promise<Map<Names, Row[]>> => {
    const { rows } = await pool.query<{ account_id: AccountKey; row: Row }>(sql, [keys]);
    const owners = new Map(sequences.flatMap((names) => Array.from(names.accounts.keys(), (key) => [key, names])));
    const found = new Map<Names, Row[]>(sequences.map((names) => [names, []]));
    for (const { account_id, row } of rows) found.get(owners.get(account_id) as Names)?.push(row);
    return found;
  };
  const [accounts, grants, holds, authorizations, purchases, refills, periods, windows, shares, transfers] =
    await Promise.all([
      rowsOf<ObjectRow>(ACCOUNTS),
      rowsOf<GrantRow>(GRANTS),
      rowsOf<ObjectRow>(HOLDS),
      rowsOf<ObjectRow>(AUTHORIZATIONS),
      rowsOf<ObjectRow>(PURCHASES),
      rowsOf<RefillsRow>(REFILLS),
      rowsOf<PeriodRow>(PERIODS),
      rowsOf<WindowRow>(WINDOWS),
      rowsOf<ObjectRow>(SHARES),
      rowsOf<TransferRow>(TRANSFERS),
    ]);
  return sequences.map((names) => {
    const objects = (rows: readonly ObjectRow[] | undefined): Record<string, unknown> =>
      Object.fromEntries(
        (rows ?? []).map(({ id, object, pins, draws }) => [
          names.nameOf(id),
          {
            ...object,
            ...(pins ? { pins: partsInWords(partsOf(pins), names) } : {}),
            ...(draws ? { draws: partsInWords(partsOf(draws), names) } : {}),
          },
        ]),
      );
    return {
      accounts: Object.fromEntries(
        (accounts.get(names) ?? []).map(({ id, object }) => [names.accounts.get(id) ?? id, object]),
      ),
      grants: foundGrants(grants.get(names) ?? [], names),
      holds: objects(holds.get(names)),
      authorizations: objects(authorizations.get(names)),
      purchases: objects(purchases.get(names)),
      refills: Object.fromEntries((refills.get(names) ?? []).flatMap((row) => foundRefills(row, names))),
      periods: Object.fromEntries(
        (periods.get(names) ?? []).map(({ id, start, object }) => [
          `${names.accounts.get(id) ?? id} from ${start}`,
          object,
        ]),
      ),
      windows: Object.fromEntries(
        (windows.get(names) ?? []).map(({ id, object, ...window }) => [
          windowLabel(names.accounts.get(id) ?? id, window),
          object,
        ]),
      ),
      shares: Object.fromEntries(
        (shares.get(names) ?? []).map(({ id, object }) => [names.accounts.get(id) ?? id, object]),
      ),
      transfers: Object.fromEntries(
        Array.from(
          Map.groupBy(transfers.get(names) ?? [], (row) => transferLabel(row, names)),
          ([label, rows]) => [label, added(rows, 'amount')],
        ),
      ),
    };
  });
}

/** Those that rolled over out of one at one instant have one name. */
function foundGrants(rows: readonly GrantRow[], names: Names): Record<string, unknown> {
  const byLabel = Map.groupBy(rows, ({ id }) => names.nameOf(id));
  return Object.fromEntries(
    Array.from(byLabel, ([label, all]) => {
      const objects = all.map(({ object }) => object);
      return [label, { ...objects[0], remaining: added(objects, 'remaining'), held: added(objects, 'held') }];
    }),
  );
}

function added<Field extends string>(rows: readonly Readonly<Record<Field, string>>[], field: Field): string {
  return rows.reduce((sum, row) => sum.plus(row[field]), new Amount(0)).toFixed();
}

type PartList = readonly (readonly [grantId: string | null, amount: string, ...unknown[]])[];

/** An account, a grant, a hold or a closed authorization. */
interface ObjectRow {
  readonly id: string;
  readonly object: object;
  readonly pins?: PartList;
  readonly draws?: PartList;
}

interface GrantRow {
  readonly id: string;
  readonly object: { readonly remaining: string; readonly held: string };
}

interface PeriodRow {
  readonly id: string;
  readonly start: number;
  readonly object: object;
}

interface WindowRow extends WindowName {
  readonly id: string;
  readonly object: object;
}

interface TransferRow {
  readonly key: AccountKey;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly grantId: string | null;
  /** Of what rolls over. */
  readonly intoGrantId: string | null;
  readonly authorizationId: string | null;
  readonly at: number;
  readonly amount: string;
}

function partsOf(parts: PartList) {
  return parts.map(([grantId, amount]) => ({ grantId, amount }));
}

function transferLabel({ key, kind, at, ...row }: TransferRow, names: Names): string {
  const ledgerAccount = (account: string, grant: string | null): string => {
    if (account === 'grant') return names.nameOf(grant ?? 'no grant');
    return account === 'debt' ? debtOf(names.accounts.get(key) as AccountName) : account;
  };
  const authorization = row.authorizationId === null ? null : names.nameOf(row.authorizationId);
  const debit = ledgerAccount(row.debit, row.grantId);
  return labelOf({ kind, debit, credit: ledgerAccount(row.credit, row.intoGrantId ?? row.grantId), authorization, at });
}

const plain = (column: string): string => `trim_scale(${column})::text`;
const sinceEpoch = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint - ${EPOCH}`;

const ACCOUNTS = `
  select account_id, json_build_object('id', account_id::text, 'object', json_build_object(
    'limit', ${plain('overdraft_limit')}, 'debt', ${plain('debt')}, 'overdraftHeld', ${plain('overdraft_held')})) as row
  from accounts where account_id = any($1::bigint[])`;
const GRANTS = `
  select account_id, json_build_object('id', id, 'object', json_build_object(
    'remaining', ${plain('remaining')}, 'held', ${plain('held')}, 'voidedAt', ${sinceEpoch('voided_at')})) as row
  from grants where account_id = any($1::bigint[])`;
const HOLDS = `
  select account_id, json_build_object('id', id, 'pins', allocations, 'object', json_build_object(
    'held', ${plain('held')}, 'overdraftHeld', ${plain('overdraft_held')}, 'expiresAt', ${sinceEpoch('expires_at')})) as row
  from holds where account_id = any($1::bigint[])`;
const AUTHORIZATIONS = `
  select account_id, json_build_object('id', id, 'draws', draws, 'object', json_build_object(
    'status', status, 'late', late, 'committed', ${plain('committed')}, 'uncollected', ${plain('uncollected')},
    'refunded', ${plain('refunded')}, 'heldAtClose', ${plain('held_at_close')}, 'finalAmount', ${plain('final_amount')},
    'committedAt', ${sinceEpoch('committed_at')}, 'closedAt', ${sinceEpoch('closed_at')})) as row
  from authorizations where account_id = any($1::bigint[])`;
const PERIODS = `
  select account_id, json_build_object('id', account_id::text, 'start', ${sinceEpoch('period_start')}, 'object', json_build_object(
    'end', ${sinceEpoch('period_end')}, 'amount', ${plain('amount')}, 'spent', ${plain('spent')}, 'settled', settled,
    'uncollected', ${plain('uncollected')})) as row
  from commitment_periods where account_id = any($1::bigint[])`;
const WINDOWS = `
  select account_id, json_build_object('id', account_id::text, 'budget', name, 'value', value,
    'start', ${sinceEpoch('window_start')}, 'end', ${sinceEpoch('window_end')}, 'object', json_build_object(
      'end', ${sinceEpoch('window_end')}, 'used', ${plain('used')}, 'reserved', ${plain('reserved')})) as row
  from counters where kind = 'budget' and account_id = any($1::bigint[])`;
const SHARES = `
  select account_id, json_build_object('id', account_id::text, 'object', json_build_object(
    'used', ${plain('sum(used)')}, 'reserved', ${plain('sum(reserved)')})) as row
  from counters where kind = 'share' and account_id = any($1::bigint[])
  group by account_id having sum(used) <> 0 or sum(reserved) <> 0`;
const TRANSFERS = `
  select account_id, json_build_object('key', account_id::text, 'kind', kind, 'debit', debit, 'credit', credit,
    'grantId', grant_id, 'intoGrantId', into_grant_id, 'authorizationId', authorization_id, 'at', ${sinceEpoch('created_at')},
    'amount', ${plain('sum(amount)')}) as row
  from transfers where account_id = any($1::bigint[])
  group by account_id, kind, debit, credit, grant_id, into_grant_id, authorization_id, created_at`;
