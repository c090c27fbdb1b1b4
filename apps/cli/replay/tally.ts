import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { type Amount, ZERO } from '#amounts';

const keptErrors = 5;

/** What a commit should come to by the trace, and what the service says. */
export interface CommittedCost {
  readonly cost: Amount;
  readonly charged: Amount;
  readonly uncollected: Amount;
}

/** What has happened so far in a replay. */
export class Tally {
  /** Requests dealt with, whatever came of them. */
  done = 0;
  approved = 0;
  declined = 0;
  committed = 0;
  errors = 0;
  /** The first few errors, in words. */
  readonly firstErrors: string[] = [];
  /** Answers that were the first answer to their key, given again. */
  replayed = 0;
  /** What commits couldn't charge, because they went above their hold and the account had no more. */
  uncollected: Amount = ZERO;
  /** How far the replay fell behind the trace's own times, at worst. */
  behindMs = 0;
  readonly authorizeMicros: RecordableHistogram = createHistogram();
  readonly commitMicros: RecordableHistogram = createHistogram();
  readonly #spent = new Map<string, Amount>();
  readonly #due = new Map<string, Amount>();

  addError(message: string): void {
    this.errors += 1;
    if (this.firstErrors.length < keptErrors) this.firstErrors.push(message);
  }

  addCommit(account: string, { cost, charged, uncollected }: CommittedCost): void {
    this.uncollected = this.uncollected.plus(uncollected);
    this.#spent.set(account, this.spentBy(account).plus(charged));
    this.#due.set(account, this.dueFrom(account).plus(cost).minus(uncollected));
  }

  /** What the service says that a customer has spent. */
  spentBy(account: string): Amount {
    return this.#spent.get(account) ?? ZERO;
  }

  /** What a customer must have paid by the trace: the tokens of its committed requests, but for what wasn't collected. */
  dueFrom(account: string): Amount {
    return this.#due.get(account) ?? ZERO;
  }
}
