import type { GrantScope, Tags, Usage } from '#ledger';
import {
  heldBy,
  pinned,
  ReferenceBooks,
  type Part,
  type ReferenceAccount,
  type ReferenceAuthorization,
  type ReferenceGrant,
} from './reference-books.ts';
import type { AccountName, Answer, Ask, ObjectName } from './requests.ts';
import { smaller, sum, text, type Units } from './units.ts';

/** What a request is for. */
export type Purpose = Omit<Ask, 'amount' | 'withKey'>;

/** What earlier items of the same all-or-nothing batch have pinned, and what they lacked. */
export interface BatchSoFar {
  readonly own: ReferenceAuthorization[];
  readonly lacking: Map<AccountName, Units>;
  /** What budgets refused of them, by account, budget and value. */
  readonly missed: Map<string, Units>;
}

interface Shortfall {
  readonly required: Units;
  readonly available: Units;
  readonly shortfall: Units;
  readonly passesOnceSettled: boolean;
  readonly outOfScope: Units;
}

/** What a request may spend, and what it is told where that isn't enough. */
export class ReferenceFunding extends ReferenceBooks {
  accountOf(name: AccountName): ReferenceAccount {
    const account = this.accounts.find((one) => one.name === name);
    if (!account) throw new Error(`there is no account ${name}`);
    return account;
  }

  /** Says whether what is available to this, and the overdraft, doesn't cover it. */
  shortOf(ask: Purpose, required: Units, { own, lacking }: BatchSoFar): Answer | null {
    const { limit } = this.accountOf(ask.account);
    const available = this.availableTo(ask);
    if (required <= available + limit) return null;
    const missed = lacking.get(ask.account) ?? 0n;
    const shortfall = required - available - limit;
    lacking.set(ask.account, missed + shortfall);
    const passesOnceSettled = required + missed <= this.settledFor(ask, own) + limit;
    const outOfScope = this.outOfScope(ask);
    return this.declined(ask.account, own, { required, available, shortfall, passesOnceSettled, outOfScope });
  }

  declined(account: AccountName, own: readonly ReferenceAuthorization[], why: Shortfall): Answer {
    const others = this.open(account).filter((one) => !own.includes(one));
    const firstExpiry = Math.min(...others.map(({ expiresAt }) => expiresAt ?? Infinity));
    const wait = Math.min(firstExpiry - this.now, this.usualLifetime(account));
    return {
      code: why.passesOnceSettled ? 'credits_held' : 'insufficient_credits',
      account: ownId(account),
      required: text(why.required),
      available: text(why.available),
      held: text(sum(others, heldBy)),
      shortfall: text(why.shortfall),
      outOfScope: text(why.outOfScope),
      ...(why.passesOnceSettled ? { retryAfter: Math.max(1, Math.ceil(wait / 1000)), holdExpiresAt: firstExpiry } : {}),
    };
  }

  /** A mean of which every hold that ends moves an eighth. */
  usualLifetime(account: AccountName): number {
    const ended = this.lifetimes.filter((one) => one.account === account).map(({ milliseconds }) => milliseconds);
    if (ended.length === 0) return Infinity;
    return ended.reduce((mean, one) => mean + Math.floor((one - mean) / 8 + 0.5));
  }

  /** What is free, but not for this. */
  outOfScope(ask: Purpose): Units {
    const usable = this.usableFor(ask);
    const spendable = this.grants.filter((grant) => grant.account === ask.account && this.isSpendable(grant));
    return sum(
      spendable.filter((grant) => !usable.includes(grant)),
      (grant) => this.free(grant),
    );
  }

  /** What may be spent on this now, less what the account owes or may come to owe. */
  availableTo(ask: Purpose): Units {
    const credits = sum(this.usableFor(ask), (grant) => this.free(grant));
    return credits - this.debt(ask.account) - this.overdraftHeld(ask.account);
  }

  /** What would be available to this if all holds but its own were released. */
  settledFor(ask: Purpose, own: readonly ReferenceAuthorization[]): Units {
    const ownHere = own.filter(({ account }) => account === ask.account);
    const pinnedByOwn = (grant: ObjectName | null): Units => sum(ownHere, (one) => pinned(one, grant));
    const credits = sum(this.usableFor(ask), (grant) => this.remaining(grant) - pinnedByOwn(grant.name));
    return credits - this.debt(ask.account) - pinnedByOwn(null);
  }

  usableFor(ask: Purpose): ReferenceGrant[] {
    const grants = this.grants.filter(
      (grant) => grant.account === ask.account && this.isSpendable(grant) && mayPay(grant.scope, ask.usage, ask.tags),
    );
    return this.burnDown(grants);
  }

  /** Takes free credits in burn-down order; what they don't cover comes last, beyond the credits. */
  pick(ask: Purpose, amount: Units): Part[] {
    const parts: Part[] = [];
    let left = amount;
    for (const grant of this.usableFor(ask)) {
      const part = smaller(left, this.free(grant));
      if (part > 0n) parts.push({ grant: grant.name, amount: part });
      left -= part;
    }
    return left > 0n ? [...parts, { grant: null, amount: left }] : parts;
  }
}

export function alone(): BatchSoFar {
  return { own: [], lacking: new Map(), missed: new Map() };
}

export function refusal(code: string): Answer {
  return { code };
}

/** The caller's own id, which accounts of two environments may share. */
export function ownId(account: AccountName): string {
  return account.replace(/@.*/, '');
}

export function noAccount(account: AccountName): Answer {
  return { code: 'account_not_found', account: ownId(account) };
}

/** A list that is absent allows everything; each usage must be in every list, and every tag on the request. */
function mayPay(scope: GrantScope | null, usage: readonly Usage[], tags: Tags): boolean {
  if (scope === null) return true;
  const { events, models } = scope;
  if (events && (usage.length === 0 || !usage.every(({ event }) => events.includes(event)))) return false;
  if (models && (usage.length === 0 || !usage.every(({ model }) => model !== undefined && models.includes(model)))) {
    return false;
  }
  return Object.entries(scope.tags ?? {}).every(([name, value]) => tags[name] === value);
}
