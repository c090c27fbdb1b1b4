import type { GrantCategory, GrantScope, OveragePolicy, Tags, Usage } from '#ledger';
import type { Prices } from './reference-prices.ts';
import type { AccountName, ObjectName } from './requests.ts';
import { sum, text, type Units } from './units.ts';

export interface ReferenceAccount {
  readonly name: AccountName;
  readonly unit: string;
  limit: Units;
  overage: OveragePolicy;
  prices: Prices;
  commitment: Units | null;
  status: 'active' | 'suspended' | 'closed';
  /** Where credits go once it is closed. */
  remainder: 'breakage' | 'return' | null;
}

export interface ReferenceGrant {
  readonly name: ObjectName;
  readonly account: AccountName;
  readonly amount: Units;
  readonly category: GrantCategory;
  readonly priority: number;
  readonly scope: GrantScope | null;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  voidedAt: number | null;
  readonly createdAt: number;
  /** Of a period, or of what was left of one. */
  readonly period?: GrantPeriod;
}

export interface GrantPeriod {
  /** The recurring grant's. */
  readonly name: string;
  /** Whether it is what was left of an earlier grant. */
  readonly isRolled: boolean;
  /** What becomes of what is left, and until when; `null`: it is lost. */
  readonly rollover: { readonly max: Units | null; readonly percent: number; readonly until: number | null } | null;
}

/** Credits of a grant; `null`: beyond the credits. */
export interface Part {
  readonly grant: ObjectName | null;
  readonly amount: Units;
}

/** A window of a budget in which an authorization counts. */
export interface CountedIn {
  /** Which budget of the account, over which period, for which value. */
  readonly of: string;
  readonly budget: string;
  readonly value: string | null;
  readonly start: number;
  /** `Infinity`: it never ends. */
  readonly end: number;
}

export interface ReferenceAuthorization {
  readonly name: ObjectName;
  readonly account: AccountName;
  readonly usage: readonly Usage[];
  readonly tags: Tags;
  readonly overage: OveragePolicy;
  /** What its account paid when it was made. */
  readonly prices: Prices;
  /** Whether it holds what its usage may cost, and not an amount that was named. */
  readonly isByUsage: boolean;
  /** What extensions by usage hold for, one after the other. */
  extended: readonly (readonly Usage[])[];
  readonly createdAt: number;
  /** Tokens that it has used, and may use yet while it is open. */
  used: number;
  reserved: number;
  /** How many its account had used in that month before it used the first; `null` as long as it has used none. */
  firstUsed: number | null;
  /** The windows of budgets in which it counts. */
  readonly counted: readonly CountedIn[];
  /** Whether it was asked for with the API key. */
  readonly isOfKey: boolean;
  /** What it has used and held when that was counted last, and what of it commits took beyond what it held. */
  taken: Units;
  beyond: Units;
  /** What it has taken of rates, by their ids. */
  rates: Readonly<Record<string, Units>>;
  settlement: 'exact' | 'unpriced' | null;
  /** What each of its commits said was used that was priced. */
  steps: readonly (readonly Usage[])[];
  /** What its final commit said was used. */
  stated: readonly Usage[];
  /** What adjustments have taken off, but for what wasn't collected. */
  adjustedDown: Units;
  /** What of that couldn't be given back, since it had been refunded before. */
  notGivenBack: Units;
  amount: Units;
  status: 'authorized' | 'committed' | 'voided' | 'expired';
  expiresAt: number | null;
  /** What it has pinned; none once it is closed. */
  pins: readonly Part[];
  /** How often it was committed in part, or extended by an amount. */
  changes: number;
  uncollected: Units;
  late: boolean;
  heldAtClose: Units | null;
  finalAmount: Units | null;
  committedAt: number | null;
  closedAt: number | null;
  balance: { readonly posted: string; readonly held: string };
}

/** One transfer. Grants are named by their own name. */
export interface Entry {
  readonly kind: string;
  readonly account: AccountName;
  readonly debit: string;
  readonly credit: string;
  readonly amount: Units;
  readonly authorization: ObjectName | null;
  readonly at: number;
  /** Its place among the entries of its account. */
  readonly no: number;
  /** Of a refund: the number of the usage it gives back. */
  readonly corrects: number | null;
  /** Of a refund of what was debt: the number of the entry that had repaid it. */
  readonly returns: number | null;
}

/** An account's balance when a moment was over. */
export interface Moment {
  readonly at: number;
  readonly account: AccountName;
  readonly balance: { readonly posted: string; readonly held: string };
}

const CATEGORIES: readonly GrantCategory[] = ['promotional', 'included', 'paid'];

/** Lists of what was made and booked. Every figure is added up anew from them whenever somebody asks. */
export class ReferenceBooks {
  now = 0;
  accounts: ReferenceAccount[] = [];
  /** In the order made, which is the order of their ids. */
  grants: ReferenceGrant[] = [];
  authorizations: ReferenceAuthorization[] = [];
  entries: Entry[] = [];
  moments: Moment[] = [];
  /** How long holds lasted, in the order in which they came to their end. */
  lifetimes: { readonly account: AccountName; readonly milliseconds: number }[] = [];

  // What there is

  remaining(grant: ReferenceGrant): Units {
    return (
      sum(this.entries, ({ credit, amount }) => (credit === grant.name ? amount : 0n)) -
      sum(this.entries, ({ debit, amount }) => (debit === grant.name ? amount : 0n))
    );
  }

  open(account: AccountName): ReferenceAuthorization[] {
    return this.authorizations.filter((one) => one.account === account && one.status === 'authorized');
  }

  pinnedOf(grant: ReferenceGrant): Units {
    return sum(this.open(grant.account), (one) => pinned(one, grant.name));
  }

  free(grant: ReferenceGrant): Units {
    return this.remaining(grant) - this.pinnedOf(grant);
  }

  debt(account: AccountName): Units {
    return (
      sum(this.entries, ({ debit, amount }) => (debit === debtOf(account) ? amount : 0n)) -
      sum(this.entries, ({ credit, amount }) => (credit === debtOf(account) ? amount : 0n))
    );
  }

  overdraftHeld(account: AccountName): Units {
    return sum(this.open(account), (one) => pinned(one, null));
  }

  posted(account: AccountName): Units {
    const grants = this.grants.filter((grant) => grant.account === account && grant.effectiveAt <= this.now);
    return (
      sum(grants, (grant) => (this.isOver(grant) ? this.pinnedOf(grant) : this.remaining(grant))) - this.debt(account)
    );
  }

  held(account: AccountName): Units {
    return sum(this.open(account), heldBy);
  }

  balanceOf(account: AccountName): { posted: string; held: string } {
    return { posted: text(this.posted(account)), held: text(this.held(account)) };
  }

  committed(authorization: ReferenceAuthorization): Units {
    return sum(this.entriesOf(authorization, 'usage'), ({ amount }) => amount);
  }

  refunded(authorization: ReferenceAuthorization): Units {
    return sum(this.entriesOf(authorization, 'refund'), ({ amount }) => amount);
  }

  entriesOf(authorization: ReferenceAuthorization, kind: string): Entry[] {
    return this.entries.filter((entry) => entry.authorization === authorization.name && entry.kind === kind);
  }

  // Grants

  isOver(grant: ReferenceGrant): boolean {
    return grant.voidedAt !== null || this.hasExpired(grant) || this.remainderOf(grant) !== null;
  }

  /** Where the credits of a closed account go; `null` while it isn't closed. */
  remainderOf({ account }: ReferenceGrant): 'breakage' | 'return' | null {
    return this.accounts.find(({ name }) => name === account)?.remainder ?? null;
  }

  hasExpired({ expiresAt }: ReferenceGrant): boolean {
    return expiresAt !== null && expiresAt <= this.now;
  }

  isSpendable(grant: ReferenceGrant): boolean {
    return grant.effectiveAt <= this.now && !this.isOver(grant);
  }

  /** Ties are left in the order the grants were made. */
  burnDown(grants: readonly ReferenceGrant[]): ReferenceGrant[] {
    return grants.toSorted(
      (a, b) =>
        a.priority - b.priority ||
        compare(a.expiresAt ?? Infinity, b.expiresAt ?? Infinity) ||
        Number(a.scope === null) - Number(b.scope === null) ||
        CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) ||
        a.effectiveAt - b.effectiveAt ||
        a.createdAt - b.createdAt,
    );
  }

  // What time does

  /** Lets time pass, from one instant at which something is due to the next. */
  advanceTo(time: number): void {
    for (;;) {
      const due = this.instantsUntil(time);
      if (due.length === 0) break;
      this.now = Math.min(...due);
      this.passInstant(time);
    }
    this.now = time;
  }

  /** When a hold or a grant runs out. */
  instantsUntil(time: number): number[] {
    const expiries = [
      ...this.authorizations.filter(({ status }) => status === 'authorized').map(({ expiresAt }) => expiresAt),
      ...this.grants.filter(({ voidedAt }) => voidedAt === null).map(({ expiresAt }) => expiresAt),
    ];
    return expiries.filter((at): at is number => at !== null && at > this.now && at <= time);
  }

  /** Lets happen what is due by now. @param _time up to which time passes */
  passInstant(_time: number): void {
    for (const one of this.authorizations) if (this.hasLapsed(one)) this.close(one, 'expired');
    for (const grant of this.grants) if (this.hasExpired(grant)) this.takeBack(grant, this.free(grant));
  }

  /** Keeps the balances at the end of a moment, to ask for them later. */
  endMoment(): void {
    for (const { name } of this.accounts) {
      this.moments.push({ at: this.now, account: name, balance: this.balanceOf(name) });
    }
  }

  hasLapsed({ status, expiresAt }: ReferenceAuthorization): boolean {
    return status === 'authorized' && expiresAt !== null && expiresAt <= this.now;
  }

  /** Ends an authorization; what it still pins is released. */
  close(authorization: ReferenceAuthorization, status: 'committed' | 'voided' | 'expired'): void {
    const { pins, account, createdAt, expiresAt } = authorization;
    if (authorization.status === 'authorized' && expiresAt !== null) {
      this.lifetimes.push({ account, milliseconds: this.now - createdAt });
    }
    authorization.heldAtClose ??= heldBy(authorization);
    authorization.closedAt ??= this.now;
    authorization.status = status;
    authorization.pins = [];
    for (const { grant: name, amount } of pins) {
      const grant = this.grants.find((one) => one.name === name);
      // What ends at this very instant is taken back as one.
      const endsWithIt = status === 'expired' && grant?.expiresAt === this.now;
      if (grant && this.isOver(grant) && !endsWithIt) this.takeBack(grant, amount);
    }
  }

  /** Credits of a grant that is over go to breakage, or back to where they came from. */
  takeBack(grant: ReferenceGrant, amount: Units): void {
    if (amount > 0n && !this.hasExpired(grant) && this.remainderOf(grant) === 'return') grant.voidedAt ??= this.now;
    if (grant.voidedAt === null) this.book('breakage', grant, grant.name, 'breakage', amount);
    else this.book('grant_void', grant, grant.name, fundingOf(grant), amount);
  }

  book(
    kind: string,
    { account }: { readonly account: AccountName },
    debit: string,
    credit: string,
    amount: Units,
    refund: Partial<Pick<Entry, 'authorization' | 'corrects' | 'returns'>> = {},
  ): void {
    if (amount === 0n) return;
    const no = this.entries.filter((entry) => entry.account === account).length;
    const about = { authorization: null, corrects: null, returns: null, ...refund };
    this.entries.push({ kind, account, debit, credit, amount, at: this.now, no, ...about });
  }
}

export function debtOf(account: AccountName): string {
  return `debt:${account}`;
}

export function fundingOf({ category }: ReferenceGrant): string {
  return `funding:${category}`;
}

export function heldBy({ pins }: ReferenceAuthorization): Units {
  return sum(pins, ({ amount }) => amount);
}

export function pinned({ pins }: ReferenceAuthorization, grant: ObjectName | null): Units {
  return sum(pins, (pin) => (pin.grant === grant ? pin.amount : 0n));
}

/** Parts by grant, as text; what is beyond the credits under `debt`. */
export function partsAsText(parts: readonly Part[]): Record<string, string> {
  const names = new Set(parts.map(({ grant }) => grant));
  return Object.fromEntries(
    Array.from(names, (name) => [
      name ?? 'debt',
      text(sum(parts, ({ grant, amount }) => (grant === name ? amount : 0n))),
    ]),
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
