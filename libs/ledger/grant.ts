import type { Amount, JsonObject } from '#amounts';
import type { AccountKey } from './ids.ts';
import type { Spending, Usage } from './authorization.ts';
import type { PeriodOrigin } from './period-origin.ts';

export const GRANT_CATEGORIES = ['paid', 'promotional', 'included'] as const;
export type GrantCategory = (typeof GRANT_CATEGORIES)[number];

/** What a grant may pay for. A list that is absent allows everything; of `tags`, every one must be on the request. */
export interface GrantScope {
  readonly events?: readonly string[];
  readonly models?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** From this instant on, so much of a grant was frozen. */
export interface Freeze {
  readonly at: number;
  readonly frozen: Amount;
}

/** Credits given to an account. Times are milliseconds since 1970. */
export interface Grant {
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly amount: Amount;
  /** Neither spent, expired nor voided. */
  remaining: Amount;
  /** The part of `remaining` that open authorizations have pinned, and what a dispute has frozen. */
  held: Amount;
  /** What a dispute about its purchase has frozen: everything that no authorization has pinned. */
  frozen: Amount;
  /** Since when it is frozen. It doesn't expire meanwhile; `null`: it isn't. */
  frozenAt: number | null;
  /** What was frozen from which instant on, oldest first, for balances of the past. */
  freezes: readonly Freeze[];
  /** What of its amount has repaid the account's debt, and has not come back by a refund. */
  repaid: Amount;
  readonly category: GrantCategory;
  /** 0–255, lower is spent first. */
  readonly priority: number;
  readonly scope: GrantScope | null;
  /** Money paid per credit. */
  readonly costBasis: Amount | null;
  /** Its part of the money that was paid, and in which currency. Where it is known, the cost basis is its quotient. */
  readonly amountPaid: Amount | null;
  readonly currency: string | null;
  /** The UUID of the purchase that brought it. */
  readonly purchase: string | null;
  /** What its maker knows the purchase by that it belongs to. Grants of one purchase share its money. */
  readonly purchaseReference: string | null;
  /** Money that was paid back when it was voided. */
  returned: Amount | null;
  readonly effectiveAt: number;
  /** Exclusive: from this instant on the grant is unusable. `null`: never. */
  expiresAt: number | null;
  voidedAt: number | null;
  /** Whether it has come into effect and the account's alerts know of it. */
  entered: boolean;
  /** Whether its expiry was booked. */
  expired: boolean;
  /** How many notices of its coming expiry were given. */
  expiryNotices: number;
  readonly createdAt: number;
  readonly metadata: JsonObject;
  /** The period of a recurring grant that it was made for; `null` of all others. */
  readonly period: PeriodOrigin | null;
}

export const GRANT_STATUSES = ['scheduled', 'active', 'exhausted', 'expired', 'voided'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

export function grantStatus(grant: Grant, now: number): GrantStatus {
  if (grant.voidedAt !== null) return 'voided';
  if (hasExpired(grant, now)) return 'expired';
  if (grant.effectiveAt > now) return 'scheduled';
  return grant.remaining.isZero() ? 'exhausted' : 'active';
}

/** A grant that is frozen doesn't expire: its time is extended when it is released. */
export function hasExpired(grant: Grant, now: number): boolean {
  return grant.expiresAt !== null && grant.frozenAt === null && now >= grant.expiresAt;
}

/** Whether unpinned credits of the grant may be spent now. */
export function isSpendable(grant: Grant, now: number): boolean {
  return grant.voidedAt === null && grant.frozenAt === null && grant.effectiveAt <= now && !hasExpired(grant, now);
}

/** Whether the grant may pay for this: every usage's event and model must be in its scope, and every tag it asks for present. */
export function mayPayFor({ scope }: Pick<Grant, 'scope'>, spending: Spending): boolean {
  if (scope === null) return true;
  const { usage, tags } = spending;
  if (scope.events && !isEachOf(scope.events, usage, ({ event }) => event)) return false;
  if (scope.models && !isEachOf(scope.models, usage, ({ model }) => model)) return false;
  return Object.entries(scope.tags ?? {}).every(([name, value]) => tags[name] === value);
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether there is any usage, and each one's name is in the list. A batch may ask it a million times of long lists. */
function isEachOf(
  list: readonly string[],
  usage: readonly Usage[],
  nameOf: (one: Usage) => string | undefined,
): boolean {
  const names = sets.get(list) ?? new Set(list);
  sets.set(list, names);
  const isNamed = (name: string | undefined): boolean => name !== undefined && names.has(name);
  return usage.length > 0 && usage.every((one) => isNamed(nameOf(one)));
}
