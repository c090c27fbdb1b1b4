import { accountKey } from '#ledger';
import { ANOMALY_STATES, type AnomalyFilter, type AnomalyState } from '#reports';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsInstant, IsText, parseInstant } from '../validation/rules.ts';

const TRUE_OR_FALSE = ['true', 'false'] as const;

export class AnomalyQuery extends PageQuery {
  @Describe('Only anomalies of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only anomalies in this state.')
  @IsOptional()
  @IsIn(ANOMALY_STATES)
  readonly state?: AnomalyState;

  @Describe('Only anomalies of this model.')
  @IsOptional()
  @IsText(1, 128)
  readonly model?: string;

  @Describe('`true`: only episodes that go on; `false`: only those that are over.')
  @IsOptional()
  @IsIn(TRUE_OR_FALSE)
  readonly under_way?: (typeof TRUE_OR_FALSE)[number];

  @Describe('Only episodes that began at this time or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only episodes that began before this time.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}

export function anomalyFilter(environment: string, query: AnomalyQuery): AnomalyFilter {
  const { account, state, model, under_way: underWay, from, to } = query;
  return {
    account: account === undefined ? null : accountKey(environment, account),
    state: state ?? null,
    model: model ?? null,
    isUnderWay: underWay === undefined ? null : underWay === 'true',
    from: parseInstant(from),
    to: parseInstant(to),
  };
}
