import { Amount, ZERO } from '#amounts';
import { SPLIT_METHODS, type SplitMethod } from '#ledger-store';
import { ArrayMaxSize, IsArray, IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsBudgetName, IsText } from '../validation/rules.ts';
import { IsCentreKind, IsCentrePercents, IsMarkup } from './chargeback-rules.ts';

export const SPLITS_MAX = 20;
const SHARED_MAX = 100;
const VALUE_LENGTH_MAX = 256;

export class ChargebackSplitBody {
  @Describe('By which `GET /v1/reports/chargeback` is asked for it.')
  @IsBudgetName()
  readonly name!: string;

  @Describe(
    'What a cost centre is: a value of a tag (`tag.team`), or all accounts with one value in their metadata (`metadata.department`).',
  )
  @IsCentreKind()
  readonly by!: string;

  @Describe(
    'The values whose usage all cost centres bear together. `(none)` shares what has no value. Default: nothing is shared.',
  )
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(SHARED_MAX)
  @IsText(1, VALUE_LENGTH_MAX, { each: true })
  readonly shared?: readonly string[] | null;

  @Describe(
    'How: `even`, alike to all that used anything; `proportional`, by what each used itself; `fixed`, by `percents`.',
    { default: 'proportional' satisfies SplitMethod },
  )
  @IsOptional()
  @IsIn(SPLIT_METHODS)
  readonly method?: SplitMethod | null;

  @Describe('Of `fixed`: the percentage of each cost centre, at most 100 together. What is missing is `(unallocated)`.')
  @IsOptional()
  @IsCentrePercents()
  readonly percents?: Readonly<Record<string, string | number>> | null;

  @Describe('The part that is added to what cost centres are charged: `0.1` is 10 %.', { default: '0' })
  @IsOptional()
  @IsMarkup()
  readonly markup?: string | null;
}

interface Fault {
  readonly field: string;
  readonly message: string;
}

/** What is wrong with splits that no single field shows. */
export function splitsFaults(splits: readonly ChargebackSplitBody[]): readonly Fault[] {
  return splits.flatMap(({ name, method, percents }, index) => {
    const at = `chargeback_splits.${String(index)}`;
    const faults: Fault[] = [];
    if (splits.findIndex((split) => split.name === name) < index)
      faults.push({ field: `${at}.name`, message: 'must be given to one split only' });
    if (method === 'fixed' && !percents)
      faults.push({ field: `${at}.percents`, message: 'must be given with "fixed"' });
    if (method !== 'fixed' && percents)
      faults.push({ field: `${at}.percents`, message: 'must be left out unless the method is "fixed"' });
    const sum = Object.values(percents ?? {}).reduce((all, percent) => all.plus(percent), ZERO);
    if (sum.gt(HUNDRED)) faults.push({ field: `${at}.percents`, message: 'must be at most 100 together' });
    return faults;
  });
}

const HUNDRED = new Amount(100);
