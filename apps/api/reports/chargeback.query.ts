import { splitFrom, type ChargebackSplit, type EnvironmentSettings } from '#ledger-store';
import { CHARGED_MEASURES, type ChargedMeasure } from '#reports';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsCentreKind } from '../settings/chargeback-rules.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsBudgetName, IsCurrency } from '../validation/rules.ts';
import { RangeQuery } from './range.query.ts';

const TAG = 'tag.';

export class ChargebackQuery extends RangeQuery {
  @Describe('The name of a split of the settings, by which usage is charged.')
  @IsOptional()
  @IsBudgetName()
  readonly split?: string;

  @Describe(
    'Shows usage by a tag (`tag.team`) or by the metadata of accounts (`metadata.department`), instead of a split.',
  )
  @IsOptional()
  @IsCentreKind()
  readonly by?: string;

  @Describe('What is charged: `credits` that were used, or `cost`, what vendors charge.', { default: 'credits' })
  @IsOptional()
  @IsIn(CHARGED_MEASURES)
  readonly measure?: ChargedMeasure;

  @Describe('Of costs: the ISO 4217 code of their currency. Default: that of the settings, or USD.')
  @IsOptional()
  @IsCurrency()
  readonly currency?: string;
}

type Known = Pick<EnvironmentSettings, 'chargebackSplits' | 'reportedTags'>;

/** @throws {ProblemError} `invalid_request` where it isn't clear who is charged, or by a tag that isn't reported */
export function askedSplit(query: ChargebackQuery, settings: Known): ChargebackSplit {
  const found = splitIn(query, settings.chargebackSplits);
  const tag = found.by.startsWith(TAG) ? found.by.slice(TAG.length) : null;
  if (tag !== null && !settings.reportedTags.includes(tag)) {
    const field = query.by === undefined ? 'split' : 'by';
    throw invalidRequest([
      { field, message: `must be by one of the reported_tags of the settings, which ${tag} isn’t` },
    ]);
  }
  return found;
}

function splitIn({ split, by }: ChargebackQuery, splits: readonly ChargebackSplit[]): ChargebackSplit {
  if (split !== undefined && by !== undefined) {
    throw invalidRequest([{ field: 'by', message: 'must not be given with split' }]);
  }
  if (by !== undefined) return splitFrom({ name: by, by });
  if (split === undefined) throw invalidRequest([{ field: 'split', message: 'must be given, or by in its place' }]);
  const found = splits.find(({ name }) => name === split);
  if (!found)
    throw invalidRequest([{ field: 'split', message: 'must be the name of a chargeback split of the settings' }]);
  return found;
}
