import { Amount } from '#amounts';

/**
 * What the tokens of a model cost. The unit is 10⁻¹² of the card's, of which every price of a token is a whole number: so what
 * a request costs is known from the trace by integer arithmetic, without the code that prices usage.
 */
export interface TokenPrices {
  readonly event: string;
  /** `null`: the price is for any model. */
  readonly model: string | null;
  readonly input: bigint;
  readonly output: bigint;
}

/** What tokens cost, from integers alone. */
export function costOfTokens({ input, output }: TokenPrices, inputTokens: number, outputTokens: number): Amount {
  return new Amount(`${input * BigInt(inputTokens) + output * BigInt(outputTokens)}e-12`);
}
