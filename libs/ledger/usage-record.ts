import type { Amount, JsonObject } from '#amounts';
import type { Line, Usage } from '#pricing';
import type { Settlement } from './authorization-pricing.ts';
import type { AccountKey } from './ids.ts';

/** What said that usage has happened. An adjustment states all of an authorization's usage anew. */
export type UsageRecordKind = 'charge' | 'partial_commit' | 'commit' | 'adjustment';

/**
 * One usage that a commit, a charge or an adjustment said has happened, what it was priced at, and what it cost. It never
 * changes: reports stand on it.
 */
export interface UsageRecord {
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly environment: string;
  readonly authorizationId: string;
  /** The id of the first record of the same charge, commit or adjustment. */
  readonly statementId: string;
  readonly kind: UsageRecordKind;
  readonly usage: Usage;
  /** The usage part of the vendor's own answer, where it was sent. */
  readonly raw: JsonObject | null;
  /** How its amount comes about; empty where it wasn't priced. */
  readonly lines: readonly Line[];
  /** By its prices; `null` where an amount was given instead, or nothing has a price for it. */
  readonly amount: Amount | null;
  readonly settlement: Settlement;
  /** What it cost the operator, and in which currency; both `null` where that isn't known. */
  readonly cost: Amount | null;
  readonly currency: string | null;
  /** By the account's clock, in milliseconds since 1970. */
  readonly createdAt: number;
}
