import type { ReferenceAuthorization } from './reference-books.ts';
import { ReferenceFunding } from './reference-funding.ts';
import type { AccountName } from './requests.ts';
import { EPOCH } from './world.ts';

/** How many tokens accounts have used in a month, and how many their open holds may use yet. */
export class ReferenceCounters extends ReferenceFunding {
  /** By all authorizations that were made in the month of an instant, whenever they were committed. */
  usedIn(account: AccountName, at: number): number {
    return this.madeInMonth(account, at).reduce((all, { used }) => all + used, 0);
  }

  reservedIn(account: AccountName, at: number): number {
    const open = this.madeInMonth(account, at).filter(({ status }) => status === 'authorized');
    return open.reduce((all, { reserved }) => all + reserved, 0);
  }

  madeInMonth(account: AccountName, at: number): ReferenceAuthorization[] {
    return this.authorizations.filter((one) => one.account === account && month(one.createdAt) === month(at));
  }

  useTokens(one: ReferenceAuthorization, tokens: number): void {
    if (tokens === 0) return;
    one.firstUsed ??= this.usedIn(one.account, one.createdAt);
    one.reserved -= Math.min(one.reserved, tokens);
    one.used += tokens;
  }
}

function month(at: number): string {
  return new Date(EPOCH + at).toISOString().slice(0, 7);
}
