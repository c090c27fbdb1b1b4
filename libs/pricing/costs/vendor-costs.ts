import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { Amount } from '#amounts';
import type { Usage } from '../usage.ts';
import { costByPrices } from './cost-by-prices.ts';
import { type DatedPrices, datedPrices, pricesAt } from './dated-prices.ts';
import { listPriceFactor } from './list-price-factor.ts';
import { findModel, findProvider } from './model-names.ts';

/** Clients name the models: that many are remembered. */
const REMEMBERED_MODELS = 10_000;
const DECIMALS = 12;

interface KnownModel {
  readonly provider: string;
  readonly dated: readonly DatedPrices[];
}

/** What vendors charge for their models, by the price lists that come with `@pydantic/genai-prices`. */
export class VendorCosts {
  readonly #providers: readonly Provider[];
  /** By provider and model as usages name them; null: not in the lists. */
  readonly #known = new Map<string, KnownModel | null>();
  readonly #exact = new Map<ModelInfo, readonly DatedPrices[]>();

  private constructor(providers: readonly Provider[]) {
    this.#providers = providers;
  }

  /** With the lists that came with the package: nothing is fetched. They take a megabyte, so what needs none loads none. */
  static async load(): Promise<VendorCosts> {
    const { waitForUpdate } = await import('@pydantic/genai-prices');
    return new VendorCosts((await waitForUpdate()) ?? []);
  }

  /**
   * What a usage cost its operator at an instant, in USD, rounded once.
   * `null`: unknown, as no list has the model, or doesn't say what serving it in that way costs.
   */
  costOf(usage: Usage, at: number): Amount | null {
    const known = this.#modelOf(usage);
    const prices = known && pricesAt(known.dated, at)?.prices;
    if (!prices) return null;
    const readsCache = Number(usage['cache_read_tokens'] ?? 0) > 0;
    const factor = listPriceFactor(known.provider, usage.properties, readsCache);
    return factor && (costByPrices(prices, usage, factor)?.toDecimalPlaces(DECIMALS, Amount.ROUND_HALF_EVEN) ?? null);
  }

  #modelOf({ model, provider }: Usage): KnownModel | null {
    if (model === undefined) return null;
    const name = `${provider ?? ''}\n${model}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= REMEMBERED_MODELS) this.#known.clear();
    const found = this.#find(provider, model.toLowerCase().trim());
    this.#known.set(name, found);
    return found;
  }

  #find(providerName: string | undefined, modelName: string): KnownModel | null {
    const provider = findProvider(this.#providers, providerName, modelName);
    const model = provider && findModel(this.#providers, provider, modelName);
    if (!model) return null;
    const dated = this.#exact.get(model) ?? datedPrices(provider.id, model);
    this.#exact.set(model, dated);
    return { provider: provider.id, dated };
  }
}
