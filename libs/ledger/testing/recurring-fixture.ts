import { Amount } from '#amounts';
import type { Interval } from '#calendar';
import type { RecurringDecision } from '../decide/set-recurring.ts';
import type { GrantCategory, GrantScope } from '../grant.ts';
import { DEFAULT_RECURRING_PRIORITY, type RecurringExpiry } from '../recurring.ts';
import { accountRef, LedgerFixture } from './ledger-fixture.ts';
import { plain, type Plain } from './plain.ts';

/** An empty ledger whose accounts get recurring grants, and whose clock stands still at this time. */
export function recurringLedgerAt(time: string): RecurringFixture {
  return new RecurringFixture(Date.parse(time));
}

/** What a spec may say of a recurring grant. Times are RFC 3339. */
export interface RecurringOptions {
  readonly interval?: Interval;
  readonly every?: number;
  readonly anchor?: string;
  readonly timeZone?: string;
  readonly category?: GrantCategory;
  readonly priority?: number;
  readonly expires?: RecurringExpiry;
  readonly rollover?: { readonly max?: string; readonly percent?: string; readonly periods?: number };
  readonly scope?: GrantScope;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly prorateFirst?: boolean;
  readonly price?: string;
}

/** A ledger with recurring grants. */
export class RecurringFixture extends LedgerFixture {
  /** Gives the account a recurring grant, or changes the one by this name; a month's, where it isn't said. */
  recurring(name: string, amount: string, options: RecurringOptions = {}): this {
    this.putRecurring(name, amount, options);
    return this;
  }

  putRecurring(name: string, amount: string, options: RecurringOptions = {}): Plain<RecurringDecision> {
    const { rollover } = options;
    const terms = {
      amount: new Amount(amount),
      interval: options.interval ?? 'month',
      every: options.every ?? 1,
      timeZone: options.timeZone ?? null,
      category: options.category ?? 'included',
      priority: options.priority ?? DEFAULT_RECURRING_PRIORITY,
      expires: options.expires ?? 'end_of_period',
      rollover: rollover
        ? {
            max: rollover.max === undefined ? null : new Amount(rollover.max),
            percent: rollover.percent === undefined ? null : new Amount(rollover.percent),
            periods: rollover.periods ?? null,
          }
        : null,
      scope: options.scope ?? null,
      price: options.price === undefined ? null : new Amount(options.price),
      currency: options.price === undefined ? null : 'USD',
      prorateFirst: options.prorateFirst ?? false,
    } as const;
    return plain(
      this.run<'put_recurring_grant'>({
        type: 'put_recurring_grant',
        account: accountRef(this.currentAccount),
        name,
        terms,
        startsAt: timeOf(options.startsAt),
        endsAt: timeOf(options.endsAt),
        anchor: timeOf(options.anchor),
      }),
    );
  }

  deleteRecurring(name: string): this {
    this.run<'delete_recurring_grant'>({ type: 'delete_recurring_grant', ...this.named(name) });
    return this;
  }

  pauseRecurring(name: string): this {
    this.run<'pause_recurring_grant'>({ type: 'pause_recurring_grant', ...this.named(name) });
    return this;
  }

  resumeRecurring(name: string): this {
    this.run<'resume_recurring_grant'>({ type: 'resume_recurring_grant', ...this.named(name) });
    return this;
  }

  /** Sets the clock forward to a time. */
  until(time: string): this {
    return this.advance((Date.parse(time) - this.now) / 1000);
  }

  /** The grants of periods by now, and what rolled over of them: `<from> +<amount> (<remaining>)`, rolled ones with `~`. */
  granted(name = ''): string[] {
    this.sweep();
    const day = (at: number): string => new Date(at).toISOString().replace('T00:00:00.000Z', '');
    return [...this.rows.grants.values()]
      .filter(({ period }) => period && (name === '' || period.name === name))
      .map(({ period, effectiveAt, amount, remaining }) => {
        const sign = period?.from ? '~' : '+';
        return `${day(effectiveAt)} ${sign}${amount.toFixed()} (${remaining.toFixed()})`;
      });
  }

  /** When what has rolled over expires; `null`: never. */
  rolledUntil(): (number | null)[] {
    return [...this.rows.grants.values()].filter(({ period }) => period?.from).map(({ expiresAt }) => expiresAt);
  }

  private named(name: string) {
    return { account: accountRef(this.currentAccount), name };
  }
}

function timeOf(time: string | undefined): number | null {
  return time === undefined ? null : Date.parse(time);
}
