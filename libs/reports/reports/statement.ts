import { type Amount, formatAmount, ZERO } from '#amounts';
import { publicId, type LedgerAccount, type TransferKind } from '#ledger';
import { column, type Column, type ReportRow } from './report.ts';

export const STATEMENT_COLUMNS: readonly Column[] = [
  column('time', 'instant', 'When it took effect.'),
  column('kind', 'text', '`opening`, `closing`, or what has moved credits.'),
  column('description', 'text', 'The same in words.'),
  column('model', 'text', 'The model that was used, where one was named.'),
  column('credits', 'credits', 'By how much the balance has changed.'),
  column('balance', 'credits', 'The balance after it; debt is negative.'),
  column('grant', 'id', 'The grant that credits came to or went from; empty of several.'),
  column('authorization', 'id', 'The authorization that was used or refunded.'),
  column('reason', 'text', 'Why, in the words of whoever did it.'),
];

/** A transfer, as far as a statement shows it. */
export interface StatementTransfer {
  readonly transactionId: string;
  readonly kind: TransferKind;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: Amount;
  readonly grantId: string | null;
  readonly authorizationId: string | null;
  readonly reason: string | null;
  readonly model: string | null;
  readonly at: number;
}

const DESCRIPTIONS: Readonly<Record<TransferKind, string>> = {
  grant: 'Credits were granted',
  usage: 'Used',
  debt_repayment: 'Debt was repaid out of credits',
  breakage: 'Credits expired',
  grant_void: 'A grant was voided',
  refund: 'Usage was refunded',
  commitment: 'Missing to the commitment',
  rollover: 'Credits rolled over',
  write_off: 'Debt was written off',
  purchase_refund: 'Credits of a refunded purchase were taken back',
};

const GIVEN_AGAIN = 'Credits of a purchase whose refund has failed came back';

/** What a transfer adds to the balance, which debt lowers. */
function balanceMoveOf({ debit, credit, amount }: Pick<StatementTransfer, 'debit' | 'credit' | 'amount'>): Amount {
  const isOwn = (account: LedgerAccount): boolean => account === 'grant' || account === 'debt';
  if (isOwn(debit) === isOwn(credit)) return ZERO;
  return isOwn(credit) ? amount : amount.neg();
}

/** Sums of a statement, by kind. */
export type StatementSums = Readonly<Record<string, string>>;

/** The lines of a statement: one for what a transaction does of a kind, from however many grants. */
export class StatementLines {
  private balance: Amount;
  private readonly sums = new Map<string, Amount>();
  private open: { readonly first: StatementTransfer; credits: Amount; grants: Set<string | null> } | null = null;

  constructor(opening: Amount) {
    this.balance = opening;
  }

  get closing(): Amount {
    return this.balance;
  }

  /** What was moved in all, by kind. */
  sumsByKind(): StatementSums {
    return Object.fromEntries([...this.sums].map(([kind, sum]) => [kind, formatAmount(sum)]));
  }

  /** Takes transfers in the order of time. @returns the lines that are complete by now */
  *take(transfers: Iterable<StatementTransfer>): Generator<ReportRow> {
    for (const transfer of transfers) {
      const credits = balanceMoveOf(transfer);
      const { open } = this;
      if (open?.first.transactionId === transfer.transactionId && open.first.kind === transfer.kind) {
        open.credits = open.credits.plus(credits);
        open.grants.add(transfer.grantId);
      } else {
        yield* this.end();
        this.open = { first: transfer, credits, grants: new Set([transfer.grantId]) };
      }
    }
  }

  /** The line that is open, if any. */
  *end(): Generator<ReportRow> {
    if (!this.open) return;
    const { first, credits, grants } = this.open;
    this.open = null;
    this.balance = this.balance.plus(credits);
    this.sums.set(first.kind, (this.sums.get(first.kind) ?? ZERO).plus(credits));
    const isGivenAgain = first.kind === 'purchase_refund' && first.credit === 'grant';
    yield {
      time: new Date(first.at).toISOString(),
      kind: first.kind,
      description: isGivenAgain ? GIVEN_AGAIN : DESCRIPTIONS[first.kind],
      model: first.model,
      credits: formatAmount(credits),
      balance: formatAmount(this.balance),
      grant: grants.size === 1 && first.grantId !== null ? publicId('grant', first.grantId) : null,
      authorization: first.authorizationId && publicId('authorization', first.authorizationId),
      reason: first.reason,
    };
  }
}

/** The line of the balance at an edge of the range. */
export function edgeLine(kind: 'opening' | 'closing', at: number, balance: Amount): ReportRow {
  return {
    time: new Date(at).toISOString(),
    kind,
    description: kind === 'opening' ? 'The balance at the beginning' : 'The balance at the end',
    ...{ model: null, credits: null, balance: formatAmount(balance), grant: null, authorization: null, reason: null },
  };
}
