import { DEFAULT_SETTINGS } from '#ledger-store';
import { BREAKAGE_METHODS, type BreakageMethod } from '#reports';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { NestedList } from '../validation/body-classes.ts';
import { IsAmount, IsCurrency, IsRateCardId, IsText, IsTimeZone, IsWhole } from '../validation/rules.ts';
import { IsBreakageRates } from '../validation/month-rules.ts';
import { ChargebackSplitBody, SPLITS_MAX } from './chargeback-split.body.ts';

const REPORTED_TAGS_MAX = 8;

/** What isn't given goes back to its default. */
export class SettingsBody {
  @Describe('The name of the environment’s own time zone. Accounts have theirs.', {
    default: DEFAULT_SETTINGS.timeZone,
  })
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;

  @Describe('The ISO 4217 code of your currency.', { default: DEFAULT_SETTINGS.currency })
  @IsOptional()
  @IsCurrency()
  readonly currency?: string | null;

  @Describe('What a credit costs, in your currency. Default: not set.')
  @IsOptional()
  @IsAmount()
  readonly price_per_credit?: string | null;

  @Describe(
    'The rate card of purpose `cost` that says what vendors charge you, before the prices that they publish. Default: not set.',
  )
  @IsOptional()
  @IsRateCardId()
  readonly cost_card?: string | null;

  @Describe('The percentage of the credits or of a limit from which an account’s standing is `economize`: 1 to 100.', {
    default: DEFAULT_SETTINGS.economizeFrom,
  })
  @IsOptional()
  @IsWhole(1, 100)
  readonly economize_from?: number | null;

  @Describe('What to use then, such as the name of a smaller model. Default: not set.')
  @IsOptional()
  @IsText(1, 256)
  readonly model_hint?: string | null;

  @Describe(
    'When money is earned of credits that will never be used: when they expire, or before, in proportion to what is used.',
    { default: DEFAULT_SETTINGS.breakageMethod },
  )
  @IsOptional()
  @IsIn(BREAKAGE_METHODS)
  readonly breakage_method?: BreakageMethod | null;

  @Describe(
    'The part of paid credits that is expected never to be used, from 0 to 1, by the month in which they take effect; `default` is for all others.',
  )
  @IsOptional()
  @IsBreakageRates()
  readonly breakage_rates?: Readonly<Record<string, string>> | null;

  @Describe('How usage may be charged to cost centres, each by its own name. Default: in no way.')
  @IsOptional()
  @NestedList(() => ChargebackSplitBody, SPLITS_MAX)
  readonly chargeback_splits?: ChargebackSplitBody[] | null;

  @Describe(
    'The names of the tags by which usage is added up, at most 8. Of a tag that you add, what was used before is added up in the next minutes.',
    { default: DEFAULT_SETTINGS.reportedTags },
  )
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(REPORTED_TAGS_MAX)
  @ArrayUnique()
  @IsText(1, 64, { each: true })
  readonly reported_tags?: string[] | null;
}
