import type { JsonObject } from '#amounts';
import {
  DEFAULT_HOLD_SECONDS,
  MAX_HOLD_SECONDS,
  OVERAGE_POLICIES,
  type BatchMode,
  SETTLEMENTS,
  type OveragePolicy,
  type Settlement,
} from '#ledger';
import { IsBoolean, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { BatchItems } from '../validation/body-classes.ts';
import {
  AMOUNT,
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
import { IsUsage, type UsageInput } from '../validation/usage.ts';

export const BATCH_MODES: readonly BatchMode[] = ['all_or_nothing', 'independent'];
export const DEFAULT_BATCH_MODE: BatchMode = 'all_or_nothing';

/** More than any model writes. */
const MAX_OUTPUT_TOKENS = 100_000_000;
type StatedSettlement = Exclude<Settlement, 'unpriced'>;
const STATED_SETTLEMENTS = SETTLEMENTS.filter((one): one is StatedSettlement => one !== 'unpriced');

/** One of them at least. */
const AMOUNT_OR_USAGE = {
  anyOf: [
    { required: ['amount'], properties: { amount: { type: 'string' } } },
    { required: ['usage'], properties: { usage: { type: ['object', 'array'], additionalProperties: true } } },
  ],
} as const satisfies JsonSchema;

/** A request for credits: what a charge takes, and an authorization as well. */
@DescribeBody(AMOUNT_OR_USAGE)
export class SpendBody {
  @Describe('The account that pays.')
  @IsAccountId()
  readonly account!: string;

  @Describe('The amount, more than zero. Default: what the usage costs by the account’s prices.')
  @ValidateIf((body: SpendBody) => isGiven(body.amount) || !isGiven(body.usage))
  @IsPositiveAmount({
    message: ({ value }) => (isGiven(value) ? POSITIVE_AMOUNT : 'is required unless usage is given'),
  })
  readonly amount?: string | null;

  @Describe(
    'What the credits are for: one usage or a list, as you count it or as a vendor reports it. Without an `amount` it is priced. The scopes of grants match on its events and models.',
  )
  @IsOptional()
  @IsUsage()
  readonly usage?: UsageInput | UsageInput[] | null;

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

  @Describe('What the request belongs to, like a conversation or a run of an agent, so that you find all of it.')
  @IsOptional()
  @IsText(1, 128)
  readonly group?: string | null;
}

@DescribeBody(AMOUNT_OR_USAGE)
export class AuthorizeBody extends SpendBody {
  @Describe(
    'The most output tokens of usage that doesn’t state `output_tokens`. Default: the maximum of the price that applies.',
  )
  @IsOptional()
  @IsWhole(1, MAX_OUTPUT_TOKENS)
  readonly max_output_tokens?: number | null;

  @Describe(
    'Whether to hold for fewer output tokens if the credits don’t suffice for the most: for as many as they suffice for. The answer says how many.',
    { default: false },
  )
  @IsOptional()
  @IsBoolean()
  readonly fit?: boolean | null;

  @Describe('With `fit`: the fewest output tokens that are of use to you.', { default: 1 })
  @IsOptional()
  @IsWhole(1, MAX_OUTPUT_TOKENS)
  readonly min_output_tokens?: number | null;

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

  @Describe('1 to 1,000 authorizations, for one account or many, of at most 1,000 usages in all.')
  @BatchItems(() => AuthorizeBody)
  readonly items!: AuthorizeBody[];
}

export class CommitBody {
  @Describe('The amount used; zero is allowed. Default: what the usage costs; without usage, the whole hold.')
  @IsOptional()
  @IsAmount()
  readonly amount?: string | null;

  @Describe(
    'What was really used: one usage or a list, as you count it or as a vendor reports it. Without an `amount` it is priced by what the authorization was priced by.',
  )
  @IsOptional()
  @IsUsage()
  readonly usage?: UsageInput | UsageInput[] | null;

  @Describe(
    'How sure the usage is: `exact`, `estimated` if a stream broke off, or `unknown`. Without usage and amount, the hold is charged. Adjust it once you know.',
    { default: 'exact' },
  )
  @IsOptional()
  @IsIn(STATED_SETTLEMENTS)
  readonly settlement?: StatedSettlement | null;

  @Describe('Tags to add. They attribute usage; one that the authorization has can’t be changed.')
  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;

  @Describe('Metadata to add: its fields join those of the authorization.')
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;

  @Describe('`false` charges this part and keeps the rest held.', { default: true })
  @IsOptional()
  @IsBoolean()
  readonly final?: boolean | null;
}

/** What was really used in all. */
@DescribeBody(AMOUNT_OR_USAGE)
export class AdjustBody {
  @Describe('What it costs in all; zero is allowed. Default: what the usage costs.')
  @ValidateIf((body: AdjustBody) => isGiven(body.amount) || !isGiven(body.usage))
  @IsAmount({ message: ({ value }) => (isGiven(value) ? AMOUNT : 'is required unless usage is given') })
  readonly amount?: string | null;

  @Describe('What was used in all: it takes the place of everything that was stated before.')
  @IsOptional()
  @IsUsage()
  readonly usage?: UsageInput | UsageInput[] | null;

  @Describe('The reason, stored in the transfers.')
  @IsOptional()
  @IsText(0, 500)
  readonly reason?: string | null;
}

/** More to hold, for longer, or both. */
@DescribeBody({
  anyOf: [...AMOUNT_OR_USAGE.anyOf, { required: ['expires_in'], properties: { expires_in: { type: 'integer' } } }],
})
export class ExtendBody {
  @Describe('The amount to hold in addition, more than zero.')
  @ValidateIf((body: ExtendBody) => isGiven(body.amount) || (!isGiven(body.expires_in) && !isGiven(body.usage)))
  @IsPositiveAmount({
    message: ({ value }) => (isGiven(value) ? POSITIVE_AMOUNT : 'is required unless usage or expires_in is given'),
  })
  readonly amount?: string | null;

  @Describe('What more may be used: without an `amount`, the most that it can cost is held in addition.')
  @IsOptional()
  @IsUsage()
  readonly usage?: UsageInput | UsageInput[] | null;

  @Describe('The most output tokens of usage that doesn’t state `output_tokens`.')
  @IsOptional()
  @IsWhole(1, MAX_OUTPUT_TOKENS)
  readonly max_output_tokens?: number | null;

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
  @Describe('1 to 1,000 commits, each on its own, in order, of at most 1,000 usages in all.')
  @BatchItems(() => CommitItemBody)
  readonly items!: CommitItemBody[];
}
