import { GRANT_CATEGORIES, type GrantCategory, type JsonObject } from '#ledger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Nested } from '../validation/body-classes.ts';
import { IsAmount, IsInstant, IsMetadata, IsPositiveAmount, IsTags } from '../validation/rules.ts';

const NAMES_MAX = 100;

/** What the grant may pay for; what isn't given isn't limited. */
export class GrantScopeBody {
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsString({ each: true })
  @MaxLength(128, { each: true })
  readonly events?: string[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsString({ each: true })
  @MaxLength(128, { each: true })
  readonly models?: string[] | null;

  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;
}

export class CreateGrantBody {
  @IsPositiveAmount()
  readonly amount!: string;

  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  /** 0–255, lower is spent first. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(255)
  readonly priority?: number | null;

  @IsOptional()
  @IsInstant()
  readonly effective_at?: string | null;

  @IsOptional()
  @IsInstant()
  readonly expires_at?: string | null;

  /** Money paid per credit. */
  @IsOptional()
  @IsAmount()
  readonly cost_basis?: string | null;

  @IsOptional()
  @Nested(() => GrantScopeBody)
  readonly scope?: GrantScopeBody | null;

  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}
