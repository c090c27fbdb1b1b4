import type { Pool } from '#database';
import type { RateCardMirror } from '#ledger-store';
import { readPrices, type PriceList, type PricingTerms } from '#pricing';
import { BatchPicker, type Assumptions } from './assumptions.ts';
import { CountedSoFar } from './counted-so-far.ts';
import { readPastRequests, type PastPrice, type PastRange, type PricedRequest } from './past-requests.ts';
import { inForce, priceAgain, type PricedAgain } from './price-again.ts';
import { WhatIfTally, type WhatIfFigures, type WhatIfRow } from './what-if-tally.ts';

export interface OtherCard {
  /** Of its amounts: it has no price for the usage of accounts with another unit. */
  readonly unit: string;
  readonly prices: PriceList;
}

export interface WhatIfRequest extends PastRange {
  /** `null`: what each request was priced by. */
  readonly card: OtherCard | null;
  readonly assumptions: Assumptions;
}

export interface WhatIfResult {
  /** When it was read, in milliseconds since 1970. */
  readonly asOf: number;
  readonly rows: readonly WhatIfRow[];
  /** By unit. */
  readonly totals: ReadonlyMap<string, WhatIfFigures>;
}

const FEATURE = 'feature';
const OWN_PRICES_MAX = 1000;

/** What past usage would have been priced at, by another rate card, with other models, from a cache or in batches. */
export class WhatIf {
  /** @param pool of its own: it may read for minutes */
  constructor(
    private readonly pool: Pool,
    private readonly rateCards: Pick<RateCardMirror, 'ensure' | 'prices'>,
  ) {}

  /** @throws {LedgerUnavailable} where the database isn't there */
  async read(request: WhatIfRequest): Promise<WhatIfResult> {
    const run = new Run(this.rateCards, request);
    const asOf = Date.now();
    for await (const page of readPastRequests(this.pool, request)) {
      for (const past of page) await run.add(past);
    }
    return { asOf, rows: run.tally.rows(), totals: run.tally.totals() };
  }
}

class Run {
  readonly tally = new WhatIfTally();
  readonly #counted = new CountedSoFar();
  readonly #batches: BatchPicker;
  /** By card and version, and by account and version of its own prices. */
  readonly #lists = new Map<string, PriceList>();
  readonly #ownLists = new Map<string, PriceList>();

  constructor(
    private readonly rateCards: Pick<RateCardMirror, 'ensure' | 'prices'>,
    private readonly request: WhatIfRequest,
  ) {
    this.#batches = new BatchPicker(request.assumptions.batched);
  }

  async add(past: PricedRequest): Promise<void> {
    const terms = await this.termsOf(past);
    this.tally.add(past.unit, past.tags[FEATURE], terms ? this.priced(terms, past) : unpriced(past));
  }

  private priced(terms: PricingTerms, past: PricedRequest): readonly PricedAgain[] {
    const { account, timeZone, at } = past;
    const isBatched = this.#batches.picks(past.usages.map(({ usage }) => usage));
    return priceAgain(terms, past, this.request.assumptions, isBatched, {
      positions: this.#counted.positionsOf(account, timeZone, at),
      count: (counts) => this.#counted.add(account, timeZone, at, counts),
    });
  }

  /** An account's own prices and its discount are as they were. */
  private async termsOf({ unit, price }: PricedRequest): Promise<PricingTerms | null> {
    const { card } = this.request;
    if (!price || (card && card.unit !== unit)) return null;
    const prices = card?.prices ?? (await this.pricesOf(price));
    return { prices, discount: price.discount, overrides: price.overrides && this.ownPricesOf(price.overrides) };
  }

  private async pricesOf({ card, version }: PastPrice): Promise<PriceList> {
    const name = `${card} ${String(version)}`;
    const known = this.#lists.get(name);
    if (known) return known;
    await this.rateCards.ensure([{ card, version }]);
    const prices = this.rateCards.prices(card, version);
    if (!prices) throw new Error(`version ${String(version)} of the rate card ${card} was not loaded`);
    this.#lists.set(name, prices);
    return prices;
  }

  private ownPricesOf({ name, prices }: NonNullable<PastPrice['overrides']>): PriceList {
    const known = this.#ownLists.get(name) ?? readPrices(prices);
    if (this.#ownLists.size >= OWN_PRICES_MAX) this.#ownLists.clear();
    this.#ownLists.set(name, known);
    return known;
  }
}

function unpriced({ usages }: PricedRequest): readonly PricedAgain[] {
  return inForce(usages).map((past) => ({ past, route: null, amount: null }));
}
