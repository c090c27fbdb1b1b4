import { debtOf, heldBy, partsAsText, type Part, type ReferenceAuthorization } from './reference-books.ts';
import { alone, noAccount, ownId, refusal, type BatchSoFar } from './reference-funding.ts';
import { boundOf, boundTogether, priceOf, type Priced } from './reference-prices.ts';
import { ReferenceShares } from './reference-shares.ts';
import type { Answer, Ask, CommitAsk, HoldAsk, ObjectName, Requests } from './requests.ts';
import { larger, smaller, sum, text, units, type Units } from './units.ts';

interface Charge {
  /** Of what it has pinned of grants. */
  readonly ofPins: readonly Part[];
  /** What the shortfall of a commitment has paid already. */
  readonly paid: Units;
  readonly rest: readonly Part[];
  readonly uncollected: Units;
}

/** How a hold ends, and what happens beyond it. A charge doesn't last. */
interface HoldKind {
  readonly expiresAt: number | null;
  readonly overage: HoldAsk['overage'];
}
export const CHARGE: HoldKind = { expiresAt: null, overage: null };

/** How many partial commits and extensions by an amount an authorization takes, and draws before a partial commit. */
const CHANGES_MAX = 1000;
const DRAWS_MAX = 5000;

const LATE_MS_MAX = 24 * 60 * 60 * 1000;

/** Authorizations, from the hold to its end. */
export class ReferenceHolds extends ReferenceShares {
  authorize(ask: HoldAsk, name: ObjectName, batch = alone()): Answer {
    return this.hold(ask, name, { expiresAt: this.now + ask.seconds * 1000, overage: ask.overage }, batch);
  }

  /** A hold without an end that is committed within the same decision. */
  charge(ask: Ask, name: ObjectName): Answer {
    const held = this.hold(ask, name, CHARGE, alone());
    if (held.code !== 'ok') return held;
    const one = this.authorizations.find((each) => each.name === name);
    if (one && ask.usage.length > 0) {
      one.settlement = 'exact';
      one.stated = ask.usage;
      this.outputs.push({ one, usages: ask.usage });
    }
    return this.commit({ authorization: name, amount: null, usage: [], final: true });
  }

  hold(ask: Ask, name: ObjectName, kind: HoldKind, batch: BatchSoFar): Answer {
    const declined = this.decline(ask);
    if (declined) return declined;
    const asked = this.askedFor(ask, kind);
    if ('code' in asked) return asked;
    const over =
      this.againstRules(ask, asked.amount, kind !== CHARGE) ??
      this.overBudget(ask, asked.amount, batch) ??
      (this.isOfKey(ask) ? this.overKeyLimit(ask.account, asked.amount, this.now) : null);
    if (over) return over;
    const short = this.shortOf(ask, asked.amount, batch);
    if (short) return short;
    const one = this.newAuthorization(ask, name, kind, asked.amount);
    one.pins = this.pick(ask, one.amount);
    this.authorizations.push(one);
    if (kind === CHARGE) this.useTokens(one, asked.tokens);
    else one.reserved = asked.tokens;
    this.enterRates(one);
    this.countAllowed(one);
    return this.decided(one);
  }

  /** The amount, or what the usage costs: at most where it is yet to happen. */
  askedFor(ask: Ask, kind: HoldKind): Answer | Pick<Priced, 'amount' | 'tokens'> {
    if (ask.amount !== null) return { amount: units(ask.amount), tokens: 0 };
    const { prices } = this.accountOf(ask.account);
    if (prices === 'none') return { ...refusal('no_rate_card'), account: ownId(ask.account) };
    const [used, reserved] = [this.usedIn(ask.account, this.now), this.reservedIn(ask.account, this.now)];
    const priced = kind === CHARGE ? priceOf(ask.usage, prices, used) : boundOf(ask.usage, prices, used, reserved);
    return priced.unpriced.length > 0 ? { ...refusal('unpriced_usage'), usage: priced.unpriced } : priced;
  }

  newAuthorization(ask: Ask, name: ObjectName, kind: HoldKind, amount: Units): ReferenceAuthorization {
    const { expiresAt, overage } = kind;
    return {
      name,
      account: ask.account,
      usage: ask.usage,
      tags: ask.tags,
      overage: overage ?? this.accountOf(ask.account).overage,
      prices: this.accountOf(ask.account).prices,
      isByUsage: kind !== CHARGE && ask.amount === null,
      extended: [],
      used: 0,
      reserved: 0,
      firstUsed: null,
      counted: this.countedIn(ask),
      rates: {},
      isOfKey: this.isOfKey(ask),
      taken: 0n,
      beyond: 0n,
      settlement: null,
      steps: [],
      stated: [],
      adjustedDown: 0n,
      notGivenBack: 0n,
      createdAt: this.now,
      amount,
      status: 'authorized',
      expiresAt,
      pins: [],
      changes: 0,
      uncollected: 0n,
      late: false,
      heldAtClose: null,
      finalAmount: null,
      committedAt: null,
      closedAt: null,
      balance: { posted: '0', held: '0' },
    };
  }

  /** Whether the key's limit counts it: that is in credits, of one environment. */
  isOfKey({ withKey, account }: Ask): boolean {
    return withKey && !account.includes('@') && this.accountOf(account).unit === 'credits';
  }

  decline(ask: Ask): Answer | null {
    const account = this.accounts.find(({ name }) => name === ask.account);
    if (!account) return noAccount(ask.account);
    if (account.status === 'closed') return { ...refusal('account_closed'), account: ownId(ask.account) };
    return this.suspensionOf(ask.account);
  }

  commit({ authorization: name, amount, usage, final }: CommitAsk): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status === 'voided') return refusal('authorization_voided');
    if (one.status === 'committed') {
      return final && isSame(one, amount, usage) ? this.authorizationView(one) : refusal('authorization_committed');
    }
    const { amount: asked, tokens, unpriced } = this.priceCommit(one, amount, usage);
    const late = one.status === 'expired';
    if (late && this.now >= (one.expiresAt ?? 0) + LATE_MS_MAX) return refusal('commit_too_late');
    const wornOut =
      late || final ? null : (tooMany('draws', this.drawsOf(one).length, DRAWS_MAX) ?? tooManyChanges(one));
    if (wornOut) return wornOut;
    const charge = this.chargeFor(one, asked);
    if ('code' in charge) return charge;
    const [, kept] = split(one.pins, asked);
    one.uncollected += charge.uncollected;
    if (late || final) {
      one.heldAtClose ??= heldBy(one);
      one.finalAmount = asked;
      if (one.expiresAt !== null) one.stated = usage;
      one.committedAt = this.now;
      one.late = late;
    }
    one.pins = kept;
    one.changes += 1;
    this.useTokens(one, tokens);
    this.outputs.push({ one, usages: [...one.steps.flat(), ...usage] });
    if (amount === null && !unpriced) one.steps = [...one.steps, usage];
    if (usage.length > 0) one.settlement = unpriced || one.settlement === 'unpriced' ? 'unpriced' : 'exact';
    this.bookUsage(one, charge.ofPins);
    this.takeOver(one, charge.paid);
    this.bookUsage(one, charge.rest);
    if (late || final) this.close(one, 'committed');
    this.setOff(one);
    return this.decided(one);
  }

  /** Without a price for some of it, at least what is held is charged. */
  priceCommit(one: ReferenceAuthorization, amount: string | null, usage: CommitAsk['usage']) {
    const held = one.heldAtClose ?? heldBy(one);
    if (amount !== null) return { amount: units(amount), tokens: 0, unpriced: false };
    if (usage.length === 0) return { amount: held, tokens: 0, unpriced: false };
    if (one.prices === 'none') return { amount: held, tokens: 0, unpriced: true };
    const priced = priceOf(usage, one.prices, this.usedIn(one.account, one.createdAt), one.steps);
    const unpriced = priced.unpriced.length > 0;
    return { amount: unpriced ? larger(held, priced.amount) : priced.amount, tokens: priced.tokens, unpriced };
  }

  /**
   * What of usage beyond the hold was paid already, because nobody had thought that it would come.
   * @param _held what is charged to the hold before
   */
  paidBefore(_one: ReferenceAuthorization, _held: Units, _excess: Units): Units {
    return 0n;
  }

  takeOver(_one: ReferenceAuthorization, _amount: Units): void {
    // Nothing was paid before.
  }

  /** Called once a commit has charged what it charges: a commitment may have waited for it. */
  setOff(_one: ReferenceAuthorization): void {
    // Here there are none.
  }

  /**
   * What of a commit is charged to whom: first what it has pinned of grants. What of the excess a commitment has paid already is
   * taken over. What it has pinned beyond the credits, and the excess that is available or that its policy allows, draw what is
   * free by now; the rest becomes debt.
   */
  chargeFor(one: ReferenceAuthorization, asked: Units): Charge | Answer {
    const [used] = split(one.pins, asked);
    const overdraft = sum(used, ({ grant, amount }) => (grant === null ? amount : 0n));
    const excess = asked - sum(used, ({ amount }) => amount);
    const available = larger(0n, this.availableTo(one));
    const paid = this.paidBefore(one, asked - excess, excess);
    const unpaid = excess - paid;
    if (one.overage === 'reject' && unpaid > available) return this.rejected(one, asked, paid);
    const { limit } = this.accountOf(one.account);
    const room = one.overage === 'debt' ? larger(0n, this.availableTo(one) + limit) : available;
    const charged = smaller(unpaid, room);
    const ofPins = used.filter(({ grant }) => grant !== null);
    return { ofPins, paid, rest: this.pick(one, overdraft + charged), uncollected: unpaid - charged };
  }

  rejected(one: ReferenceAuthorization, asked: Units, paid: Units): Answer {
    const own = heldBy(one) + paid;
    const available = own + larger(0n, this.availableTo(one));
    return this.declined(one.account, [one], {
      required: asked,
      available,
      shortfall: asked - available,
      passesOnceSettled: asked <= own + this.settledFor(one, [one]),
      outOfScope: this.outOfScope(one),
    });
  }

  void(name: ObjectName): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status === 'voided') return this.authorizationView(one);
    if (one.status !== 'authorized') return refusal(`authorization_${one.status}`);
    this.close(one, 'voided');
    return this.decided(one);
  }

  extend({ authorization: name, amount, usage, seconds }: Requests['extend']): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status !== 'authorized') return refusal(`authorization_${one.status}`);
    const asked = this.moreOf(one, amount, usage);
    if ('code' in asked) return asked;
    const { amount: more, tokens } = asked;
    if (more > 0n) {
      const wornOut = tooManyChanges(one);
      if (wornOut) return wornOut;
      const suspended = this.suspensionOf(one.account);
      if (suspended) return suspended;
      const batch = { ...alone(), own: [one] };
      const over =
        this.againstRulesOfMore(one, more) ??
        this.overBudget(one, more, batch, one.counted) ??
        (one.isOfKey ? this.overKeyLimit(one.account, more, one.createdAt) : null);
      if (over) return over;
      const declined = this.shortOf(one, more, batch);
      if (declined) return declined;
      one.changes += 1;
      one.pins = this.merged([...one.pins, ...this.pick(one, more)]);
      one.amount += more;
      this.countAllowed(one);
    }
    one.reserved += tokens;
    if (amount === null && usage.length > 0) one.extended = [...one.extended, usage];
    if (seconds !== null) one.expiresAt = Math.max(one.expiresAt ?? 0, this.now + seconds * 1000);
    return this.decided(one);
  }

  /** What more usage may cost by itself; where it makes all usage dearer than its parts, as much as that. */
  moreOf(
    one: ReferenceAuthorization,
    amount: string | null,
    usage: Requests['extend']['usage'],
  ): Answer | Pick<Priced, 'amount' | 'tokens'> {
    if (amount !== null || usage.length === 0) return { amount: units(amount ?? '0'), tokens: 0 };
    if (one.prices === 'none') return { ...refusal('no_rate_card'), account: ownId(one.account) };
    const [used, reserved] = [this.usedIn(one.account, one.createdAt), this.reservedIn(one.account, one.createdAt)];
    const bound = boundOf(usage, one.prices, used, reserved);
    if (bound.unpriced.length > 0) return { ...refusal('unpriced_usage'), usage: bound.unpriced };
    if (!one.isByUsage) return bound;
    const all = [one.usage, ...one.extended, usage];
    const together = boundTogether(all, one.prices, used - one.used, reserved - one.reserved);
    return { tokens: bound.tokens, amount: larger(bound.amount, together.amount - one.amount) };
  }

  /** One part per grant, in burn-down order, what is beyond the credits last. */
  merged(parts: readonly Part[]): Part[] {
    const ofGrant = (name: ObjectName | null): Part[] => {
      const amount = sum(parts, (part) => (part.grant === name ? part.amount : 0n));
      return amount > 0n ? [{ grant: name, amount }] : [];
    };
    return [...this.burnDown(this.grants).flatMap(({ name }) => ofGrant(name)), ...ofGrant(null)];
  }

  bookUsage(one: ReferenceAuthorization, parts: readonly Part[]): void {
    for (const { grant, amount } of parts) {
      this.book('usage', one, grant ?? debtOf(one.account), 'usage', amount, { authorization: one.name });
    }
  }

  drawsOf(one: ReferenceAuthorization): Part[] {
    return this.entriesOf(one, 'usage').map(({ debit, amount }) => ({
      grant: debit === debtOf(one.account) ? null : debit,
      amount,
    }));
  }

  /** The balance in an authorization is the one right after the last decision about it. */
  decided(one: ReferenceAuthorization): Answer {
    this.countRates(one);
    this.countBeyond(one);
    one.balance = this.balanceOf(one.account);
    return this.authorizationView(one);
  }

  authorizationView(one: ReferenceAuthorization): Answer {
    const { name, account, status, overage, late, createdAt, expiresAt, committedAt, balance } = one;
    return {
      code: 'ok',
      authorization: name,
      account,
      status,
      amount: text(one.amount),
      held: text(heldBy(one)),
      committed: text(this.committed(one)),
      uncollected: text(one.uncollected),
      refunded: text(this.refunded(one)),
      overage,
      late,
      createdAt,
      expiresAt,
      committedAt,
      balance,
      pins: partsAsText(one.pins),
      settlement: one.settlement,
      used: one.used,
      reserved: one.status === 'authorized' ? one.reserved : 0,
      firstUsed: one.firstUsed,
    };
  }
}

/** Whether a final commit says the same again. What a charge has used needn't be said. */
function isSame(one: ReferenceAuthorization, amount: string | null, usage: CommitAsk['usage']): boolean {
  const isCharge = one.expiresAt === null;
  const stated = isCharge && usage.length === 0 ? [] : one.stated;
  if (JSON.stringify(stated.map(sorted)) !== JSON.stringify(usage.map(sorted))) return false;
  if (amount === null && usage.length > 0) return true;
  return (amount === null ? one.heldAtClose : units(amount)) === one.finalAmount;
}

function sorted(usage: object): unknown {
  return Object.entries(usage).sort(([a], [b]) => (a < b ? -1 : 1));
}

function tooManyChanges({ changes }: ReferenceAuthorization): Answer | null {
  return tooMany('steps', changes, CHANGES_MAX);
}

function tooMany(counted: 'steps' | 'draws', count: number, limit: number): Answer | null {
  return count < limit ? null : { ...refusal('too_many_steps'), counted, limit };
}

/** The first so much of the parts, and what is left of them. */
function split(parts: readonly Part[], amount: Units): [first: Part[], rest: Part[]] {
  const first: Part[] = [];
  const rest: Part[] = [];
  let left = amount;
  for (const part of parts) {
    const taken = smaller(left, part.amount);
    if (taken > 0n) first.push({ ...part, amount: taken });
    if (part.amount > taken) rest.push({ ...part, amount: part.amount - taken });
    left -= taken;
  }
  return [first, rest];
}
