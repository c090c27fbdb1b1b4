import type { Tags, Usage } from '#ledger';
import { heldBy, type ReferenceAuthorization } from './reference-books.ts';
import { ReferenceBudgets } from './reference-budgets.ts';
import { noAccount, ownId, refusal } from './reference-funding.ts';
import type { AccountName, Answer, Ask, Finding, Requests, RulesAsk } from './requests.ts';
import { larger, text, units, type Units } from './units.ts';

/** A rate that a request falls under. */
interface Rate {
  /** What it is counted under: the same rate and value again are the same. */
  readonly id: string;
  readonly rule: 'rate' | 'loop' | 'spike';
  readonly of: 'amount' | 'requests';
  readonly limit: Units;
  readonly period: number;
  readonly tag: string | null;
  readonly value: string | null;
}

/** What was asked for under a rate; less than nothing where it comes back. */
interface Taken {
  readonly account: AccountName;
  readonly rate: string;
  readonly amount: Units;
  readonly at: number;
}

export interface ReferenceRestraint {
  readonly account: AccountName;
  readonly rule: 'loop' | 'spike';
  readonly action: 'throttle' | 'suspend';
  readonly tag: string | null;
  readonly value: string | null;
  readonly throttle: Pick<Rate, 'of' | 'limit' | 'period'>;
  readonly since: number;
  readonly until: number | null;
}

const PERIODS = { second: 1000, minute: 60_000, hour: 3_600_000 };
const ONE = units('1');
const NO_RULES: RulesAsk = {
  maxAmount: null,
  maxOpenHolds: null,
  maxOutput: null,
  rate: [],
  nap: [],
  loop: [],
  spike: [],
  exempt: false,
};
/** Output tokens that a hold for usage allows for where it doesn't say, by the price of a chat. */
const ASSUMED_OUTPUT = 4;

/** What stops usage that runs away. What rates have let through is gone through from the beginning whenever somebody asks. */
export class ReferenceRules extends ReferenceBudgets {
  rules: { readonly account: AccountName; readonly rules: RulesAsk }[] = [];
  restraints: ReferenceRestraint[] = [];
  taken: Taken[] = [];
  naps: { readonly account: AccountName; readonly nap: string; readonly until: number }[] = [];
  /** What the command at hand has committed. */
  outputs: { readonly one: ReferenceAuthorization; readonly usages: readonly Usage[] }[] = [];
  findings: { readonly account: AccountName; readonly of: string; readonly start: number }[] = [];

  setRules({ account, rules }: Requests['set_rules']): Answer {
    const refused = this.refusesRules(account);
    if (refused) return refused;
    this.rules = [...this.rules.filter((one) => one.account !== account), { account, rules }];
    return this.rulesView(account);
  }

  /** What was found is acted upon once, and only while the rule is one of the account's. */
  restrain({ account, finding }: Requests['restrain']): Answer {
    const refused = this.refusesRules(account);
    if (refused) return refused;
    const { kind, rule, value, start } = finding;
    const rules: readonly object[] = this.rulesOf(account)[kind];
    const isOfRules = rules.some((one) => JSON.stringify(one) === JSON.stringify(rule));
    const of = JSON.stringify([kind, rule, value]);
    const known = this.findings.some((one) => one.account === account && one.of === of && one.start >= start);
    if (!isOfRules || known) return { code: 'ok', account: ownId(account), reported: false };
    this.findings.push({ account, of, start });
    this.restrainBy(account, finding);
    return { code: 'ok', account: ownId(account), reported: true };
  }

  restrainBy(account: AccountName, { kind, rule, value, usual }: Finding): void {
    const { action, tag, seconds } = rule;
    if (action === 'alert') return;
    const isSame = (one: ReferenceRestraint): boolean =>
      one.account === account && one.rule === kind && one.action === action && one.tag === tag && one.value === value;
    const earlier = this.restraints.find((one) => isSame(one) && this.isInForce(one));
    const throttle =
      'times' in rule
        ? ({ of: 'requests', limit: ONE, period: PERIODS.minute } as const)
        : ({ of: 'amount', limit: larger(units(usual), units(rule.floor)), period: PERIODS.hour } as const);
    const since = earlier?.since ?? this.now;
    const until = seconds === null ? null : this.now + seconds * 1000;
    const one = { account, rule: kind, action, tag, value, throttle: earlier?.throttle ?? throttle, since, until };
    this.restraints = [...this.restraints.filter((other) => !isSame(other)), one];
  }

  resume({ account, tag }: Requests['resume']): Answer {
    const refused = this.refusesRules(account);
    if (refused) return refused;
    this.restraints = this.restraints.filter((one) => one.account !== account || (tag !== null && one.tag !== tag));
    return this.rulesView(account);
  }

  refusesRules(account: AccountName): Answer | null {
    const there = this.accounts.find(({ name }) => name === account);
    if (!there) return noAccount(account);
    return there.status === 'closed' ? { ...refusal('account_closed'), account: ownId(account) } : null;
  }

  rulesView(account: AccountName): Answer {
    const restraints = this.restraintsOf(account).map(({ rule, action, tag, value, until }) => ({
      rule,
      action,
      tag,
      value,
      until,
    }));
    return { code: 'ok', rulesOf: account, restraints };
  }

  /** Those in force. */
  restraintsOf(account: AccountName): ReferenceRestraint[] {
    return this.restraints.filter((one) => one.account === account && this.isInForce(one));
  }

  isInForce({ until }: ReferenceRestraint): boolean {
    return until === null || this.now < until;
  }

  rulesOf(account: AccountName): RulesAsk {
    const own = this.rules.find((one) => one.account === account)?.rules ?? NO_RULES;
    return own.exempt ? NO_RULES : own;
  }

  isExempt(account: AccountName): boolean {
    return this.rules.some((one) => one.account === account && one.rules.exempt);
  }

  /** What has suspended the whole account. */
  suspensionOf(account: AccountName): Answer | null {
    if (this.accountOf(account).status === 'suspended')
      return { ...refusal('account_suspended'), account: ownId(account) };
    const by = this.suspending(account).find(({ tag }) => tag === null);
    return by
      ? { ...refusal('account_suspended'), account: ownId(account), by: { rule: by.rule, until: by.until } }
      : null;
  }

  suspending(account: AccountName): ReferenceRestraint[] {
    return this.isExempt(account) ? [] : this.restraintsOf(account).filter(({ action }) => action === 'suspend');
  }

  /** Why a new request is declined. */
  againstRules(ask: Ask, required: Units, isHold: boolean): Answer | null {
    const { account, tags } = ask;
    const { maxOutput, maxOpenHolds, nap } = this.rulesOf(account);
    const about = { account: ownId(account) };
    const output = outputOf(ask, isHold);
    return (
      this.suspendedValue(account, tags) ??
      this.tooMuch(account, required) ??
      (maxOutput !== null && output > maxOutput
        ? tooLarge(account, 'max_output_tokens', units(String(output)), units(String(maxOutput)))
        : null) ??
      (isHold && maxOpenHolds !== null && this.open(account).length >= maxOpenHolds
        ? { ...refusal('open_holds_exceeded'), ...about, limit: maxOpenHolds }
        : null) ??
      nap.map((rule) => this.resting(account, rule, tags)).find((one) => one !== null) ??
      this.tooFast(account, tags, required, true)
    );
  }

  /** Why more of an open authorization is declined. */
  againstRulesOfMore({ account, tags, amount }: ReferenceAuthorization, more: Units): Answer | null {
    return (
      this.suspendedValue(account, tags) ??
      this.tooMuch(account, amount + more) ??
      this.tooFast(account, tags, more, false)
    );
  }

  suspendedValue(account: AccountName, tags: Tags): Answer | null {
    const by = this.suspending(account).find(({ tag, value }) => tag !== null && valueOf(tags, tag) === value);
    if (!by) return null;
    const { rule, tag, value, until } = by;
    return { ...refusal('usage_suspended'), account: ownId(account), rule, tag, value, until };
  }

  tooMuch(account: AccountName, required: Units): Answer | null {
    const { maxAmount } = this.rulesOf(account);
    if (maxAmount === null || required <= units(maxAmount)) return null;
    return tooLarge(account, 'max_amount', required, units(maxAmount));
  }

  resting(account: AccountName, { tag, ...rule }: RulesAsk['nap'][number], tags: Tags): Answer | null {
    const value = tag === null ? null : valueOf(tags, tag);
    const nap = JSON.stringify([rule, tag, value]);
    const until = Math.max(
      ...this.naps.filter((one) => one.account === account && one.nap === nap).map((one) => one.until),
    );
    if (until <= this.now) return null;
    return tooFast(account, { rule: 'nap', tag, value }, Math.ceil((until - this.now) / 1000));
  }

  tooFast(account: AccountName, tags: Tags, required: Units, isNew: boolean): Answer | null {
    for (const rate of this.ratesOf(account, tags)) {
      if (rate.of === 'requests' && !isNew) continue;
      const asked = rate.of === 'requests' ? ONE : required;
      if (asked > rate.limit) return tooLarge(account, 'rate', asked, rate.limit);
      const period = BigInt(rate.period);
      const beyond = this.levelOf(account, rate) + (asked - rate.limit) * period;
      if (beyond > 0n) return tooFast(account, rate, Math.max(1, ceilOf(beyond, rate.limit * 1000n)));
    }
    return null;
  }

  /** Throttles come before the account's own rates. */
  ratesOf(account: AccountName, tags: Tags): Rate[] {
    const throttles = this.isExempt(account)
      ? []
      : this.restraintsOf(account).filter(({ action }) => action === 'throttle');
    return [
      ...throttles
        .filter(({ tag, value }) => tag === null || valueOf(tags, tag) === value)
        .map(({ rule, throttle, tag, value, since }) => {
          return { id: JSON.stringify([rule, tag, value, since]), rule, ...throttle, tag, value };
        }),
      ...this.rulesOf(account).rate.map(({ of, limit, per, tag }) => {
        const value = tag === null ? null : valueOf(tags, tag);
        const id = JSON.stringify(['rate', of, limit, per, tag, value]);
        return { id, rule: 'rate' as const, of, limit: units(limit), period: PERIODS[per], tag, value };
      }),
    ];
  }

  /** What is taken and hasn't come back yet, times the period: each millisecond brings back the limit of that. */
  levelOf(account: AccountName, { id, limit, period }: Rate): Units {
    let [level, at] = [0n, 0];
    for (const one of this.taken) {
      if (one.account !== account || one.rate !== id) continue;
      level = larger(0n, level - limit * BigInt(one.at - at));
      level = larger(0n, level + one.amount * BigInt(period));
      at = one.at;
    }
    return larger(0n, level - limit * BigInt(this.now - at));
  }

  /** Counts an authorization that was just made. */
  enterRates(one: ReferenceAuthorization): void {
    for (const { id, of } of this.ratesOf(one.account, one.tags)) {
      const amount = of === 'requests' ? ONE : one.amount;
      this.taken.push({ account: one.account, rate: id, amount, at: this.now });
      one.rates = { ...one.rates, [id]: amount };
    }
  }

  /** What it will not use comes back, and what it has used beyond its hold counts too. A hold that has lapsed gives nothing back. */
  countRates(one: ReferenceAuthorization): void {
    if (one.status === 'expired') return;
    const counts = heldBy(one) + this.committed(one);
    for (const { id, of } of this.ratesOf(one.account, one.tags)) {
      const before = one.rates[id];
      if (of === 'requests' || before === undefined || before === counts) continue;
      this.taken.push({ account: one.account, rate: id, amount: counts - before, at: this.now });
      one.rates = { ...one.rates, [id]: counts };
    }
  }

  /** Those after what a command has committed: once it is over, so that items of a batch don't keep each other waiting. */
  beginNaps(): void {
    for (const { one, usages } of this.outputs.splice(0)) this.beginNap(one, usages);
  }

  beginNap({ account, tags }: ReferenceAuthorization, usages: readonly Usage[]): void {
    const output = usages.reduce((all, usage) => all + Number(usage['output_tokens'] ?? 0), 0);
    for (const { tag, ...rule } of this.rulesOf(account).nap) {
      if (output <= rule.over) continue;
      const nap = JSON.stringify([rule, tag, tag === null ? null : valueOf(tags, tag)]);
      this.naps.push({ account, nap, until: this.now + rule.seconds * 1000 });
    }
  }
}

/** The most of one usage, as it says itself; a hold for a chat that doesn't say may have as much as its price allows for. */
function outputOf({ amount, usage }: Ask, isHold: boolean): number {
  const assumed = isHold && amount === null ? ASSUMED_OUTPUT : 0;
  const outputs = usage.map((one) => Number(one['output_tokens'] ?? (one.event === 'chat' ? assumed : 0)));
  return Math.max(0, ...outputs);
}

function tooLarge(account: AccountName, rule: string, required: Units, limit: Units): Answer {
  return {
    ...refusal('request_too_large'),
    account: ownId(account),
    rule,
    required: text(required),
    limit: text(limit),
  };
}

function tooFast(
  account: AccountName,
  by: Pick<Rate, 'tag' | 'value'> & { readonly rule: string },
  wait: number,
): Answer {
  const { rule, tag, value } = by;
  return { ...refusal('spend_rate_exceeded'), account: ownId(account), rule, tag, value, wait };
}

function valueOf(tags: Tags, tag: string): string {
  return tags[tag] ?? '(none)';
}

function ceilOf(amount: Units, by: Units): number {
  return Number((amount + by - 1n) / by);
}
