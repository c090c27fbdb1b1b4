export { boundUsages, type Bound, type BoundedRequest } from './bound-usages.ts';
export { usageFault } from './check-usage.ts';
export { costOfUsages, type Cost, type CostCard } from './costs/cost-of-usages.ts';
export { VendorCosts } from './costs/vendor-costs.ts';
export { fitOutput, type FittedRequest } from './fit-output.ts';
export { hashedUuid } from './hashed-uuid.ts';
export type { Condition, Match } from './match.ts';
export { cardPrices, type CardOptions } from './imports/card-prices.ts';
export { diffPrices, type AmountChange, type PriceChange, type PricesDiff } from './imports/diff-prices.ts';
export { genaiModels } from './imports/genai-models.ts';
export type { ImportNote, ListedModel, PublishedList } from './imports/listed-model.ts';
export { litellmModels } from './imports/litellm-models.ts';
export { continuations, mergeTwo, mergeUsages } from './merge-usages.ts';
export { parsePrices, PRICES_MAX, readPrices, type ParsedPrices } from './parse-prices.ts';
export type { PriceFault } from './price-fault.ts';
export { PriceList } from './price-list.ts';
export { priceStep, type EarlierSteps, type StepPricing } from './price-step.ts';
export { priceRepeatedUsages, type RepeatedRequest, type RepeatedUsage } from './price-repeated.ts';
export { priceUsages } from './price-usages.ts';
export type {
  Count,
  Line,
  Positions,
  PricedRequest,
  PricedUsage,
  PricedUsages,
  Pricing,
  PricingTerms,
} from './pricing.ts';
export { PERIODS, PRICING_MODELS } from './rate-card.ts';
export type {
  Component,
  ContextRate,
  CountedQuantity,
  Multiplier,
  Period,
  Price,
  PricingModel,
  Tier,
} from './rate-card.ts';
export { statedQuantities, statedQuantity, type Tags, type Usage } from './usage.ts';
export { keptRaw } from './vendors/kept-raw.ts';
export { normalize, type NormalizedUsage, type VendorAnswer } from './vendors/normalize.ts';
export { fullEffort, takeApart, type Effort } from './vendors/pieces.ts';
export type { VendorCost } from './vendors/vendor-cost.ts';
export { VENDORS } from './vendors/vendors.ts';
