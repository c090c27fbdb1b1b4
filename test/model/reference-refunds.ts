import { debtOf, type Entry, type ReferenceAuthorization, type ReferenceGrant } from './reference-books.ts';
import { refusal } from './reference-funding.ts';
import { ReferenceHolds } from './reference-holds.ts';
import type { AccountName, Answer, ObjectName, Requests } from './requests.ts';
import { smaller, sum, text, units, type Units } from './units.ts';

/** What is given back to: an authorization, or the shortfall of a commitment, which has no name. */
interface Refunded {
  readonly account: AccountName;
  readonly name: ObjectName | null;
}

/** Where credits go back to. */
export class ReferenceRefunds extends ReferenceHolds {
  /** Goes through the usage backwards; of each, the account's debt is paid before the grant it came from. */
  refund({ authorization: name, amount }: Requests['refund']): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status === 'authorized') return refusal('authorization_open');
    const refundable = this.committed(one) - this.refunded(one);
    const asked = amount === null ? refundable : units(amount);
    if (asked === 0n || asked > refundable) {
      return { ...refusal('refund_exceeds_committed'), refundable: text(refundable) };
    }
    this.giveBackAll(one, asked);
    return this.decided(one);
  }

  giveBackAll(one: ReferenceAuthorization, amount: Units): void {
    let left = amount;
    for (const usage of this.entriesOf(one, 'usage').toReversed()) {
      const part = smaller(left, usage.amount - this.amountOf(usage, 'corrects'));
      this.giveBack(one, usage, part);
      left -= part;
    }
  }

  giveBack(one: Refunded, usage: Entry, amount: Units): void {
    const about = { authorization: one.name, corrects: usage.no };
    const owed = smaller(amount, this.debt(one.account));
    this.book('refund', one, 'usage', debtOf(one.account), owed, about);
    let left = amount - owed;
    const grant = this.grants.find(({ name }) => name === usage.debit);
    if (grant) return this.creditRefund(grant, left, about);
    const lost = smaller(left, this.writtenOff(one.account));
    this.book('write_off', one, debtOf(one.account), 'write_off', lost);
    this.book('refund', one, 'usage', debtOf(one.account), lost, about);
    left -= lost;
    for (const { entry, grant } of this.repaymentsOf(one.account).toReversed()) {
      const part = smaller(left, entry.amount - this.amountOf(entry, 'returns'));
      this.creditRefund(grant, part, { ...about, returns: entry.no });
      left -= part;
    }
    if (left > 0n) throw new Error(`nothing says where ${text(left)} of ${String(one.name)} go back to`);
  }

  /** What was written off and hasn't been refunded since. */
  writtenOff(account: AccountName): Units {
    const own = this.entries.filter((entry) => entry.account === account && entry.kind === 'write_off');
    return sum(own, ({ debit, amount }) => (debit === 'write_off' ? amount : -amount));
  }

  creditRefund(grant: ReferenceGrant, amount: Units, about: Partial<Entry>): void {
    this.book('refund', grant, 'usage', grant.name, amount, about);
    if (this.isOver(grant)) this.takeBack(grant, amount);
  }

  /** How much of an entry refunds have corrected, or returned. */
  amountOf({ account, no }: Pick<Entry, 'account' | 'no'>, what: 'corrects' | 'returns'): Units {
    return sum(this.entries, (entry) => (entry.account === account && entry[what] === no ? entry.amount : 0n));
  }

  /** What repaid an account's debt, the oldest grant first: new grants, and refunds that passed by the grants they came from. */
  repaymentsOf(account: AccountName): { readonly entry: Entry; readonly grant: ReferenceGrant }[] {
    const own = this.entries.filter((entry) => entry.account === account);
    return own
      .filter(({ credit }) => credit === debtOf(account))
      .flatMap((entry) => {
        const from = entry.corrects === null ? entry.debit : own[entry.corrects]?.debit;
        return this.grants.filter(({ name }) => name === from).map((grant) => ({ entry, grant }));
      })
      .toSorted((a, b) => this.grants.indexOf(a.grant) - this.grants.indexOf(b.grant));
  }
}
