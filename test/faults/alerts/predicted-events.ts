import type { Pool } from '#database';
import { Amount } from '#amounts';

/** What an account is to be told, as the rules say it, from the books alone. */
export interface Predicted {
  readonly account: string;
  readonly type: 'balance.threshold_reached' | 'balance.exhausted';
  /** All percentages that one write has reached; empty for what isn't about them. */
  readonly crossed: readonly number[];
  readonly epoch: number;
  readonly posted: string;
}

interface EntryRow {
  readonly account: string;
  readonly kind: 'grant' | 'usage';
  readonly amount: string;
}

const PERCENTAGES = [50, 75, 90, 100];

/**
 * Goes through the transfers of each account in their order, and says where a threshold of the last fill was reached. It
 * knows paid grants and usage only, one transfer a write.
 */
export async function predictedEvents(pool: Pool): Promise<Predicted[]> {
  const { rows } = await pool.query<EntryRow>(
    `select a.external_id as account, t.kind, t.amount from transfers t join accounts a using (account_id)
    order by a.external_id, t.id`,
  );
  return [...Map.groupBy(rows, ({ account }) => account)].flatMap(([account, entries]) => ofAccount(account, entries));
}

function ofAccount(account: string, entries: readonly EntryRow[]): Predicted[] {
  const predicted: Predicted[] = [];
  let posted = new Amount(0);
  let basis = new Amount(0);
  let epoch = 0;
  let told = 0;
  for (const { kind, amount } of entries) {
    const before = posted;
    posted = kind === 'grant' ? posted.plus(amount) : posted.minus(amount);
    if (kind === 'grant') {
      basis = posted;
      epoch += 1;
      told = 0;
      continue;
    }
    const used = basis.minus(posted).times(100);
    const crossed = PERCENTAGES.filter((percent) => percent > told && used.gte(basis.times(percent)));
    const here = { account, epoch, posted: posted.toFixed() };
    if (crossed.length > 0) predicted.push({ ...here, type: 'balance.threshold_reached', crossed });
    if (before.gt(0) && posted.lte(0)) predicted.push({ ...here, type: 'balance.exhausted', crossed: [] });
    told = Math.max(told, ...crossed);
  }
  return predicted;
}
