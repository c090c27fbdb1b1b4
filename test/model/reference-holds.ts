import { debtOf, heldBy, partsAsText, type Part, type ReferenceAuthorization } from './reference-books.ts';
import { alone, noAccount, ownId, ReferenceFunding, refusal, type BatchSoFar } from './reference-funding.ts';
import type { Answer, Ask, CommitAsk, HoldAsk, ObjectName, Requests } from './requests.ts';
import { larger, smaller, sum, text, units, type Units } from './units.ts';

interface Charge {
  readonly parts: readonly Part[];
  readonly uncollected: Units;
}

/** How many partial commits and extensions by an amount an authorization takes, and draws before a partial commit. */
const CHANGES_MAX = 1000;
const DRAWS_MAX = 5000;

const LATE_MS_MAX = 24 * 60 * 60 * 1000;

/** Authorizations, from the hold to its end. */
export class ReferenceHolds extends ReferenceFunding {
  authorize(ask: HoldAsk, name: ObjectName, batch = alone()): Answer {
    return this.hold(ask, name, this.now + ask.seconds * 1000, ask.overage, batch);
  }

  /** A hold without an end that is committed within the same decision. */
  charge(ask: Ask, name: ObjectName): Answer {
    const held = this.hold(ask, name, null, null, alone());
    return held.code === 'ok' ? this.commit({ authorization: name, amount: null, final: true }) : held;
  }

  hold(ask: Ask, name: ObjectName, expiresAt: number | null, overage: HoldAsk['overage'], batch: BatchSoFar): Answer {
    const declined = this.decline(ask, batch);
    if (declined) return declined;
    const one = this.newAuthorization(ask, name, expiresAt, overage);
    one.pins = this.pick(ask, one.amount);
    this.authorizations.push(one);
    return this.decided(one);
  }

  newAuthorization(
    ask: Ask,
    name: ObjectName,
    expiresAt: number | null,
    overage: HoldAsk['overage'],
  ): ReferenceAuthorization {
    return {
      name,
      account: ask.account,
      usage: ask.usage,
      tags: ask.tags,
      overage: overage ?? this.accountOf(ask.account).overage,
      createdAt: this.now,
      amount: units(ask.amount),
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

  decline(ask: Ask, batch: BatchSoFar): Answer | null {
    const account = this.accounts.find(({ name }) => name === ask.account);
    if (!account) return noAccount(ask.account);
    if (account.status === 'closed') return { ...refusal('account_closed'), account: ownId(ask.account) };
    if (account.status === 'suspended') return { ...refusal('account_suspended'), account: ownId(ask.account) };
    return this.shortOf(ask, units(ask.amount), batch);
  }

  commit({ authorization: name, amount, final }: CommitAsk): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status === 'voided') return refusal('authorization_voided');
    const asked = amount === null ? (one.heldAtClose ?? heldBy(one)) : units(amount);
    if (one.status === 'committed') {
      return final && asked === one.finalAmount ? this.authorizationView(one) : refusal('authorization_committed');
    }
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
      one.committedAt = this.now;
      one.late = late;
    }
    one.pins = kept;
    one.changes += 1;
    this.bookUsage(one, charge.parts);
    if (late || final) this.close(one, 'committed');
    this.setOff(one);
    return this.decided(one);
  }

  /** Called once a commit has charged what it charges: a commitment may have waited for it. */
  setOff(_one: ReferenceAuthorization): void {
    // Here there are none.
  }

  /**
   * What of a commit is charged to whom: first what it has pinned of grants. What it has pinned beyond the credits, and the
   * excess that is available or that its policy allows, draw what is free by now; the rest becomes debt.
   */
  chargeFor(one: ReferenceAuthorization, asked: Units): Charge | Answer {
    const [used] = split(one.pins, asked);
    const overdraft = sum(used, ({ grant, amount }) => (grant === null ? amount : 0n));
    const excess = asked - sum(used, ({ amount }) => amount);
    const available = larger(0n, this.availableTo(one));
    if (one.overage === 'reject' && excess > available) return this.rejected(one, asked);
    const { limit } = this.accountOf(one.account);
    const room = one.overage === 'debt' ? larger(0n, this.availableTo(one) + limit) : available;
    const charged = smaller(excess, room);
    const ofGrants = used.filter(({ grant }) => grant !== null);
    return { parts: [...ofGrants, ...this.pick(one, overdraft + charged)], uncollected: excess - charged };
  }

  rejected(one: ReferenceAuthorization, asked: Units): Answer {
    const held = heldBy(one);
    const available = held + larger(0n, this.availableTo(one));
    return this.declined(one.account, [one], {
      required: asked,
      available,
      shortfall: asked - available,
      passesOnceSettled: asked <= held + this.settledFor(one, [one]),
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

  extend({ authorization: name, amount, seconds }: Requests['extend']): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status !== 'authorized') return refusal(`authorization_${one.status}`);
    if (amount !== null) {
      const wornOut = tooManyChanges(one);
      if (wornOut) return wornOut;
      const more = units(amount);
      if (this.accountOf(one.account).status === 'suspended') {
        return { ...refusal('account_suspended'), account: ownId(one.account) };
      }
      const declined = this.shortOf(one, more, { own: [one], lacking: new Map() });
      if (declined) return declined;
      one.changes += 1;
      one.pins = this.merged([...one.pins, ...this.pick(one, more)]);
      one.amount += more;
    }
    if (seconds !== null) one.expiresAt = Math.max(one.expiresAt ?? 0, this.now + seconds * 1000);
    return this.decided(one);
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
    };
  }
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
