export interface PriceFault {
  /** Where, like `prices[2].components[0].tiers`. */
  readonly field: string;
  /** What to write instead. */
  readonly message: string;
}
