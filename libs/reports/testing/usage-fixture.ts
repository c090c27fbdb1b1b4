import { formatAmount, type JsonObject } from '#amounts';
import { accountRef } from '../../ledger/testing/ledger-fixture.ts';
import { PricedFixture, RATE_CARD } from '../../ledger/testing/priced-fixture.ts';
import { FactSums } from '../facts/fact-sums.ts';
import { foldSlice } from '../facts/fold-slice.ts';
import type { JournalSlice, SliceAuthorization } from '../facts/journal-slice.ts';
import { AMOUNTS, COUNTS, type Measures } from '../facts/measures.ts';

/** A ledger with prices and an account that has credits, whose usage is added up. */
export function usageOf(prices: readonly JsonObject[], credits: string): UsageFixture {
  const ledger = new UsageFixture(Date.parse('2026-01-10T00:00:00Z')).publish(prices);
  ledger.account('acme', { rateCard: RATE_CARD });
  ledger.grant(credits);
  return ledger;
}

export class UsageFixture extends PricedFixture {
  /** What the journal of the only account adds up to, as text; what is nothing is left out. */
  facts(tags: readonly string[] = []): {
    readonly models: Readonly<Record<string, object>>;
    readonly tags: Readonly<Record<string, object>>;
    readonly quantities: Readonly<Record<string, readonly string[]>>;
  } {
    const sums = new FactSums();
    foldSlice(this.#slice(), { before: new Map(), positions: new Map(), tags }, sums);
    return {
      models: Object.fromEntries(sums.usage.map((row) => [`${row.model} ${row.currency}`.trim(), plain(row.measures)])),
      tags: Object.fromEntries(sums.tags.map(({ tag, value, measures }) => [`${tag} ${value}`, plain(measures)])),
      quantities: Object.fromEntries(
        sums.quantities.map(({ model, quantity, amount, credits, cost }) => [
          `${model} ${quantity}`,
          [amount, credits, cost].map(formatAmount),
        ]),
      ),
    };
  }

  #slice(): JournalSlice {
    const { transfers, usageRecords, uncollected, grants, authorizations } = this.rows;
    const { key, environment } = accountRef(this.currentAccount);
    return {
      account: { key, environment, unit: 'credits', currency: 'USD', isErased: false },
      ...{ after: 0n, through: 2n ** 62n, transfers, records: usageRecords, uncollected, grants },
      purchases: new Map(),
      authorizations: new Map(
        [...authorizations].map(([id, one]): [string, SliceAuthorization] => [
          id,
          {
            ...{ id, status: one.status, keyId: one.keyId, usage: one.usage, tags: one.tags },
            ...{ addedTags: one.added?.tags ?? {}, addedSince: one.added?.since ?? {} },
            ...{ late: one.late, committedAt: one.committedAt, firstDraw: one.draws[0]?.transactionId ?? null },
          },
        ]),
      ),
    };
  }
}

function plain(measures: Measures): JsonObject {
  const counts = COUNTS.flatMap((name) => (measures[name] === 0 ? [] : [[name, measures[name]] as const]));
  const amounts = AMOUNTS.flatMap((name) =>
    measures[name].isZero() ? [] : [[name, formatAmount(measures[name])] as const],
  );
  return Object.fromEntries<string | number>([...counts, ...amounts]);
}
