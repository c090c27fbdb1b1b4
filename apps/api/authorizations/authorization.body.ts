import {
  MAX_HOLD_SECONDS,
  OVERAGE_POLICIES,
  type BatchMode,
  type JsonObject,
  type OveragePolicy,
  type Usage,
} from '#ledger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { BatchItems } from '../validation/body-classes.ts';
import {
  IsAccountId,
  IsAmount,
  IsAuthorizationId,
  IsMetadata,
  IsPositiveAmount,
  IsTags,
  POSITIVE_AMOUNT,
} from '../validation/rules.ts';
import { IsUsage } from '../validation/usage.ts';

export const BATCH_MODES: readonly BatchMode[] = ['all_or_nothing', 'independent'];

/** A request for credits: what a charge takes, and an authorization as well. */
export class SpendBody {
  @IsAccountId()
  readonly account!: string;

  @IsPositiveAmount()
  readonly amount!: string;

  /** What it is for; scoped grants look at it. */
  @IsOptional()
  @IsUsage()
  readonly usage?: Usage | Usage[] | null;

  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;

  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}

export class AuthorizeBody extends SpendBody {
  /** Seconds until the hold is released by itself. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_HOLD_SECONDS)
  readonly expires_in?: number | null;

  @IsOptional()
  @IsIn(OVERAGE_POLICIES)
  readonly overage?: OveragePolicy | null;
}

export class AuthorizeBatchBody {
  @IsOptional()
  @IsIn(BATCH_MODES)
  readonly mode?: BatchMode | null;

  @BatchItems(() => AuthorizeBody)
  readonly items!: AuthorizeBody[];
}

export class CommitBody {
  /** The whole hold where it isn't given. */
  @IsOptional()
  @IsAmount()
  readonly amount?: string | null;

  /** False charges this part and keeps the rest held. */
  @IsOptional()
  @IsBoolean()
  readonly final?: boolean | null;
}

/** More to hold, for longer, or both. */
export class ExtendBody {
  @ValidateIf((body: ExtendBody) => isGiven(body.amount) || !isGiven(body.expires_in))
  @IsPositiveAmount({
    message: ({ value }) => (isGiven(value) ? POSITIVE_AMOUNT : 'or expires_in must be given, or both'),
  })
  readonly amount?: string | null;

  /** Seconds from now until the hold is released by itself; an expiry is never brought forward. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_HOLD_SECONDS)
  readonly expires_in?: number | null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export class RefundBody {
  /** All that was committed and not refunded yet, where it isn't given. */
  @IsOptional()
  @IsPositiveAmount()
  readonly amount?: string | null;

  /** Why; kept with the transfers. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  readonly reason?: string | null;
}

export class CommitItemBody extends CommitBody {
  @IsAuthorizationId()
  readonly authorization!: string;
}

export class CommitBatchBody {
  @BatchItems(() => CommitItemBody)
  readonly items!: CommitItemBody[];
}
