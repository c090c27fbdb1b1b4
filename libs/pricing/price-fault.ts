export interface PriceFault {
  /** Where, like `prices[2].components[0].tiers`. */
  readonly field: string;
  /** What to write instead. */
  readonly message: string;
  /** Whether it is only larger than prices may be that are saved now. It can be read all the same. */
  readonly isLimit?: true;
}
