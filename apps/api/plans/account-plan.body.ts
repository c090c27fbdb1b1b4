import { PLAN_EFFECTS, type PlanEffect } from '#ledger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { IsPlanIdOrNull } from '../validation/rules.ts';

export const DEFAULT_EFFECT: PlanEffect = 'now';

/** Nothing is left of a period that has ended. */
@DescribeBody({
  anyOf: [{ properties: { effective: { enum: ['now', null] } } }, { properties: { prorate: { enum: [false, null] } } }],
})
export class AccountPlanBody {
  @Describe('The plan’s id; `null`: none.')
  @IsPlanIdOrNull()
  readonly plan!: string | null;

  @Describe(
    '`now`, or `next_period`: when the running period of the account’s plan ends. An account without a running period changes now.',
    { default: DEFAULT_EFFECT },
  )
  @IsOptional()
  @IsIn(PLAN_EFFECTS)
  readonly effective?: PlanEffect | null;

  @Describe(
    'Settles the running periods by the time that is left: of the old allowances as much is taken back as goes with it, but nothing that is spent or held, and of the new ones as much is granted. Only with `now`.',
    { default: false },
  )
  @IsOptional()
  @IsBoolean()
  readonly prorate?: boolean | null;
}
