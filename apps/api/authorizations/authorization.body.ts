import type { JsonObject } from '#amounts';
import {
  DEFAULT_HOLD_SECONDS,
  MAX_HOLD_SECONDS,
  OVERAGE_POLICIES,
  type BatchMode,
  type OveragePolicy,
  type Usage,
} from '#ledger';
import { IsBoolean, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { BatchItems } from '../validation/body-classes.ts';
import {
  IsAccountId,
  IsAmount,
  IsAuthorizationId,
  IsMetadata,
  IsPositiveAmount,
  IsText,
  IsWhole,
  POSITIVE_AMOUNT,
} from '../validation/rules.ts';
import { IsTags } from '../validation/tags.ts';
import { IsUsage } from '../validation/usage.ts';

export const BATCH_MODES: readonly BatchMode[] = ['all_or_nothing', 'independent'];
export const DEFAULT_BATCH_MODE: BatchMode = 'all_or_nothing';

/** A request for credits: what a charge takes, and an authorization as well. */
export class SpendBody {
  @Describe('The account that pays.')
  @IsAccountId()
  readonly account!: string;

  @Describe('The amount, more than zero.')
  @IsPositiveAmount()
  readonly amount!: string;

  @Describe('What the credits are for: one usage or a list. The scopes of grants match on its events and models.')
  @IsOptional()
  @IsUsage()
  readonly usage?: Usage | Usage[] | null;

  @Describe('Names and values of your own. The scopes of grants match on them.')
  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;

  @Describe(
    'Any JSON object up to 16 KiB; stored and returned unchanged. Send numbers of more than 15 digits as strings.',
  )
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}

export class AuthorizeBody extends SpendBody {
  @Describe('Seconds until the hold expires.', { default: DEFAULT_HOLD_SECONDS })
  @IsOptional()
  @IsWhole(1, MAX_HOLD_SECONDS)
  readonly expires_in?: number | null;

  @Describe('What happens to a commit of more than is held and available. Default: the account’s policy.')
  @IsOptional()
  @IsIn(OVERAGE_POLICIES)
  readonly overage?: OveragePolicy | null;
}

export class AuthorizeBatchBody {
  @Describe(
    '`all_or_nothing`: either every item is held, or none. `independent`: each item is decided on its own, in order.',
    {
      default: DEFAULT_BATCH_MODE,
    },
  )
  @IsOptional()
  @IsIn(BATCH_MODES)
  readonly mode?: BatchMode | null;

  @Describe('1 to 1,000 authorizations, for one account or many.')
  @BatchItems(() => AuthorizeBody)
  readonly items!: AuthorizeBody[];
}

export class CommitBody {
  @Describe('The amount used; zero is allowed. Default: the whole hold.')
  @IsOptional()
  @IsAmount()
  readonly amount?: string | null;

  @Describe('`false` charges this part and keeps the rest held.', { default: true })
  @IsOptional()
  @IsBoolean()
  readonly final?: boolean | null;
}

/** More to hold, for longer, or both. */
@DescribeBody({
  anyOf: [
    { required: ['amount'], properties: { amount: { type: 'string' } } },
    { required: ['expires_in'], properties: { expires_in: { type: 'integer' } } },
  ],
})
export class ExtendBody {
  @Describe('The amount to hold in addition, more than zero.')
  @ValidateIf((body: ExtendBody) => isGiven(body.amount) || !isGiven(body.expires_in))
  @IsPositiveAmount({
    message: ({ value }) => (isGiven(value) ? POSITIVE_AMOUNT : 'is required unless expires_in is given'),
  })
  readonly amount?: string | null;

  @Describe('Seconds from now until the hold expires. An extension never moves an expiry closer.')
  @IsOptional()
  @IsWhole(1, MAX_HOLD_SECONDS)
  readonly expires_in?: number | null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export class RefundBody {
  @Describe('The amount, more than zero. Default: everything that is committed and not refunded yet.')
  @IsOptional()
  @IsPositiveAmount()
  readonly amount?: string | null;

  @Describe('The reason, stored in the transfers.')
  @IsOptional()
  @IsText(0, 500)
  readonly reason?: string | null;
}

export class CommitItemBody extends CommitBody {
  @Describe('The id of the authorization to commit.')
  @IsAuthorizationId()
  readonly authorization!: string;
}

export class CommitBatchBody {
  @Describe('1 to 1,000 commits, each on its own, in order.')
  @BatchItems(() => CommitItemBody)
  readonly items!: CommitItemBody[];
}
