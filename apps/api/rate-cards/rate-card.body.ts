import type { Json } from '#amounts';
import { RATE_CARD_PURPOSES, type RateCardPurpose } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsPrices } from '../validation/prices.ts';
import { IsInstant, IsText, IsUnit } from '../validation/rules.ts';

export const DEFAULT_PURPOSE: RateCardPurpose = 'price';

const PRICES = 'The prices: what usage of each event costs, and for which models, providers, properties or tags.';

export class CreateRateCardBody {
  @Describe('A name for people.')
  @IsText(1, 256)
  readonly name!: string;

  @Describe('The unit of its amounts: that of the accounts that get it; of a cost card, a currency. It never changes.')
  @IsUnit()
  readonly unit!: string;

  @Describe('`price`: what accounts pay; `cost`: what vendors charge you.', { default: DEFAULT_PURPOSE })
  @IsOptional()
  @IsIn(RATE_CARD_PURPOSES)
  readonly purpose?: RateCardPurpose | null;

  @Describe(PRICES)
  @IsPrices()
  readonly prices!: Json;
}

export class PublishVersionBody {
  @Describe(PRICES)
  @IsPrices()
  readonly prices!: Json;

  @Describe('When the version takes effect, by the clock of each account. Default: now, by that of the environment.')
  @IsOptional()
  @IsInstant()
  readonly effective_at?: string | null;
}
