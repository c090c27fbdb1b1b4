import type { JsonObject } from '#amounts';
import {
  IdGenerator,
  LIVE,
  type Account,
  type AccountStatus,
  type OveragePolicy,
  type Remainder,
  type TestClock,
} from '#ledger';
import { column } from './column.ts';
import { alertRules, budgets, raiseRequests, ownRules, restraints, usageSamples } from './json-forms.ts';
import {
  accountKey,
  bits64,
  boolean,
  counter,
  enumeration,
  integer,
  json,
  numeric,
  text,
  time,
  uuid,
  type Kind,
} from './kind.ts';
import { table, type RowOf } from './table.ts';

/** Which of its environment's clocks it is. How far that one is ahead stands in `test_clocks`; `live` has none. */
const clockNumber: Kind<TestClock | null, number> = {
  ...integer,
  read: (number) => ({ number, aheadMs: 0 }),
  write: (clock) => clock?.number ?? 0,
};

/** Five updates: what nearly every decision changes, what an operator sets, its budgets, its rules, and what alerts remember. */
export const ACCOUNTS = table({
  name: 'accounts',
  owner: 'account',
  columns: {
    account: {
      key: column('account_id', accountKey).key(),
      environment: column('environment', text()),
      id: column('external_id', text()),
      unit: column('unit', text()),
      testClock: column('test_clock', clockNumber),
      createdAt: column('created_at', time),
      debt: column('debt', numeric).updated('sums'),
      overdraftHeld: column('overdraft_held', numeric).updated('sums'),
      holdLifetimeMs: column('hold_lifetime_ms', integer).nullable().updated('sums'),
      writtenOff: column('written_off', numeric).updated('terms'),
      terms: {
        name: column('name', text()).nullable().updated('terms'),
        overdraftLimit: column('overdraft_limit', numeric).updated('terms'),
        overage: column('overage', enumeration<OveragePolicy>('overage_policy')).updated('terms'),
        timeZone: column('time_zone', text()).updated('terms'),
        commitment: column('commitment', numeric).nullable().updated('terms'),
        rateCard: column('rate_card', uuid).nullable().updated('terms'),
        discount: column('discount', numeric).updated('terms'),
        overrides: column('overrides', json<readonly JsonObject[]>()).updated('terms'),
        metadata: column('metadata', json<JsonObject>()).updated('terms'),
      },
      overridesVersion: column('overrides_version', integer).updated('terms'),
      hasCommitmentPeriods: column('has_commitment_periods', boolean).updated('terms'),
      hasRefills: column('has_refills', boolean).updated('terms'),
      status: column('status', enumeration<AccountStatus>('account_status')).updated('terms'),
      closure: {
        closedAt: column('closed_at', time).nullable().updated('terms'),
        remainder: column('remainder', text<Remainder>()).nullable().updated('terms'),
        erasureRequestedAt: column('erasure_requested_at', time).nullable().updated('terms'),
        erasedAt: column('erased_at', time).nullable().updated('terms'),
      },
      budgets: column('budgets', budgets).updated('budgets'),
      raiseRequests: column('raise_requests', raiseRequests).updated('budgets'),
      rules: column('rules', ownRules).updated('rules'),
      restraints: column('restraints', restraints).updated('rules'),
      alerts: {
        rules: column('alert_rules', alertRules).updated('alerts'),
        basis: column('alert_basis', numeric).updated('alerts'),
        epoch: column('alert_epoch', integer).updated('alerts'),
        arming: column('alert_arming', integer).updated('alerts'),
        percent: column('alerted_percent', integer).updated('alerts'),
      },
      sequence: column('event_sequence', counter).updated('alerts'),
      burnRate: {
        total: column('usage_total', numeric).updated('sums'),
        samples: column('usage_marks', usageSamples).updated('alerts'),
      },
    },
    ids: { version: column('id_clock', bits64).updated('sums') },
  },
});

export type AccountRow = RowOf<typeof ACCOUNTS>;

/** @param aheadMs how far its test clock is ahead */
export function accountFromRow(row: AccountRow, aheadMs: number): { account: Account; ids: IdGenerator } {
  const { account, ids } = ACCOUNTS.fromRow(row);
  const testClock =
    account.environment === LIVE || account.testClock === null ? null : { ...account.testClock, aheadMs };
  return { account: { ...account, testClock }, ids: new IdGenerator(account.key, ids.version) };
}
