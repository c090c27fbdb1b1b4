import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import type { Cost } from '#ledger';
import { type CostCard, costOfUsages, type PriceList, type Usage, VendorCosts } from '#pricing';
import { queryable, type Queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import {
  loadKnownCards,
  loadPrices,
  nameOf,
  type KnownCards,
  type MirroredCard,
  type VersionRef,
} from './mirror-statements.ts';
import { PriceLists } from './price-lists.ts';
import type { PriceSource, WantedPrices } from './price-source.ts';
import { currentAndLater, versionInEffect } from './schedule.ts';

export interface RateCardMirrorOptions {
  readonly pool: Pool;
  readonly log: (line: string) => void;
  /** How often to look whether there are new cards or versions. */
  readonly everyMs?: number;
}

/** Four looks until a version takes effect, which it does a second after it was made. */
const REFRESH_MS = 250;
/** Decisions go by the database's clock, which may be behind that of this machine, but not by more. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

/**
 * The rate cards of all environments in memory, so that decisions ask no database. Which cards and versions there are is
 * looked up again and again; their prices, which never change, are loaded when they are first needed. While the database is
 * away, what is known goes on.
 */
export class RateCardMirror implements PriceSource {
  /** What is being loaded, by card and version. */
  readonly #loading = new Map<string, Promise<void>>();
  #reportedCosts = false;

  private constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
    private readonly snapshot: PolledSnapshot<KnownCards>,
    private readonly lists: PriceLists,
    private readonly vendors: VendorCosts,
  ) {}

  /** Loads the cards and keeps up with them until it is closed. */
  static async open(options: RateCardMirrorOptions): Promise<RateCardMirror> {
    const { pool, log, everyMs = REFRESH_MS } = options;
    const database = queryable(pool);
    const lists = new PriceLists();
    const load = async (last: KnownCards | null): Promise<KnownCards> => {
      const known = await loadKnownCards(database, last);
      const current = (card: string): VersionRef[] => currentRefs(card, known.cards.get(card));
      // Decisions use a new version from one moment to the next.
      const renewed = known === last ? [] : [...lists.cards].flatMap(current);
      // Nobody loads a cost card before asking for a cost, so each look keeps them.
      const costs = [...new Set(known.costCards.values())].flatMap(current).filter((ref) => !lists.want(ref));
      await loadMissing(database, lists, [...renewed, ...costs]);
      return known;
    };
    const title = 'The look-up of rate cards';
    const vendors = await VendorCosts.load();
    return new RateCardMirror(pool, log, await PolledSnapshot.open({ title, everyMs, load, log }), lists, vendors);
  }

  card(card: string): MirroredCard | null {
    return this.snapshot.value.cards.get(card) ?? null;
  }

  versionAt(card: string, at: number, realNow: number): number | null {
    const known = this.snapshot.value.cards.get(card);
    return known ? versionInEffect(known.schedule, at, realNow) : null;
  }

  prices(card: string, version: number): PriceList | null {
    return this.lists.find({ card, version });
  }

  /** Never throws: what was used must be charged, whether or not its cost can be computed. */
  costOf(environment: string, usages: readonly Usage[], at: number): Cost | null {
    try {
      return this.computeCost(environment, usages, at);
    } catch (error) {
      if (!this.#reportedCosts) this.log(`The cost of usage could not be computed: ${String(error)}`);
      this.#reportedCosts = true;
      return null;
    }
  }

  /**
   * Loads what isn't in memory. A card that isn't known afterwards doesn't exist.
   *
   * @throws {LedgerUnavailable} where the database isn't there
   */
  async ensure(wanted: readonly WantedPrices[]): Promise<void> {
    if (wanted.some(({ card }) => this.card(card) === null)) await this.snapshot.noticeChange();
    const missing = wanted.flatMap((one) => this.missing(one));
    if (missing.length > 0) await this.load(missing);
  }

  /** After a change was made here, this process knows it at once. */
  noticeChange(): Promise<void> {
    return this.snapshot.noticeChange();
  }

  async close(): Promise<void> {
    await this.snapshot.close();
    await Promise.allSettled(this.#loading.values());
  }

  private computeCost(environment: string, usages: readonly Usage[], at: number): Cost | null {
    const id = this.snapshot.value.costCards.get(environment);
    if (id === undefined) return costOfUsages(this.vendors, null, usages, at);
    const card = this.costCard(id, at);
    return card && costOfUsages(this.vendors, card, usages, at);
  }

  private costCard(id: string, at: number): CostCard | null {
    const version = this.versionAt(id, at, Date.now());
    const prices = version === null ? null : this.prices(id, version);
    const currency = this.card(id)?.unit;
    return prices && currency !== undefined ? { prices, currency } : null;
  }

  private missing({ card, version }: WantedPrices): VersionRef[] {
    const known = this.card(card);
    if (!known) return [];
    const refs = version === 'current and later' ? currentRefs(card, known) : [{ card, version }];
    return refs.filter((ref) => !this.lists.want(ref));
  }

  /** Whoever wants what is being loaded waits for that. */
  private async load(refs: readonly VersionRef[]): Promise<void> {
    const others = refs.flatMap((ref) => this.#loading.get(nameOf(ref)) ?? []);
    const own = refs.filter((ref) => !this.#loading.has(nameOf(ref)));
    const loading = attemptRead(() => loadMissing(queryable(this.pool), this.lists, own));
    for (const ref of own) this.#loading.set(nameOf(ref), loading);
    try {
      await Promise.all([loading, ...others]);
    } finally {
      for (const ref of own) this.#loading.delete(nameOf(ref));
    }
  }
}

/** The versions that may be in effect for some account now, or will be. */
function currentRefs(card: string, known: MirroredCard | undefined): VersionRef[] {
  const versions = currentAndLater(known?.schedule ?? [], Date.now() - CLOCK_SKEW_MS);
  return versions.map((version) => ({ card, version }));
}

async function loadMissing(database: Queryable, lists: PriceLists, refs: readonly VersionRef[]): Promise<void> {
  const missing = refs.filter((ref) => !lists.has(ref));
  if (missing.length === 0) return;
  for (const found of await loadPrices(database, missing)) lists.keep(found);
}
