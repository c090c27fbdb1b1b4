import type { Transfer, UncollectedUsage, UsageRecord } from '#ledger';
import type { JournalSlice } from './journal-slice.ts';
import { isNext, versionOf } from './version-of.ts';

/** The rows that one command has written about an authorization: what it moved, what it could not collect, and what it stated. */
export interface Step {
  readonly authorizationId: string;
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  /** Of its first row. */
  readonly version: bigint;
  readonly transfers: Transfer[];
  readonly uncollected: UncollectedUsage[];
  readonly records: UsageRecord[];
}

type Row =
  | { readonly kind: 'transfer'; readonly row: Transfer }
  | { readonly kind: 'uncollected'; readonly row: UncollectedUsage }
  | { readonly kind: 'record'; readonly row: UsageRecord };

/** Where a command may go on: the row before, of whichever authorization, and the step that this row belongs to. */
interface Chain {
  step: Step;
  lastId: string;
  last: Row;
}

/** The steps of a slice, in the order of their first rows. Rows of no authorization belong to none. */
export function stepsOf(slice: JournalSlice): Step[] {
  const steps: Step[] = [];
  let chain: Chain | null = null;
  for (const one of rowsOf(slice)) {
    const { id, authorizationId, createdAt } = one.row;
    if (authorizationId === null) {
      // What is set off stands between the other rows of its command.
      if (chain && isNext(id, chain.lastId)) chain.lastId = id;
      continue;
    }
    if (chain?.step.authorizationId !== authorizationId || !goesOn(one, chain)) {
      const step: Step = {
        ...{ authorizationId, at: createdAt, version: versionOf(id) },
        ...{ transfers: [], uncollected: [], records: [] },
      };
      steps.push(step);
      chain = { step, lastId: id, last: one };
    }
    add(chain.step, one);
    chain.lastId = id;
    chain.last = one;
  }
  return steps;
}

/** A command first moves credits, then says what it could not collect or the other way round, and states usage at last. */
function goesOn({ kind, row }: Row, { lastId, last }: Chain): boolean {
  if (last.kind === 'record') return kind === 'record' && row.statementId === last.row.statementId;
  if (kind === 'transfer' && last.kind === 'transfer') return row.transactionId === last.row.transactionId;
  return kind !== last.kind && isNext(row.id, lastId);
}

function add(step: Step, one: Row): void {
  if (one.kind === 'transfer') step.transfers.push(one.row);
  else if (one.kind === 'uncollected') step.uncollected.push(one.row);
  else step.records.push(one.row);
}

function rowsOf({ transfers, uncollected, records }: JournalSlice): Row[] {
  const rows: Row[] = [
    ...transfers.map((row) => ({ kind: 'transfer', row }) as const),
    ...uncollected.map((row) => ({ kind: 'uncollected', row }) as const),
    ...records.map((row) => ({ kind: 'record', row }) as const),
  ];
  return rows.sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
}
