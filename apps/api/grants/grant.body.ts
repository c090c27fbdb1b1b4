import { GRANT_CATEGORIES, type GrantCategory, type JsonObject } from '#ledger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { Nested } from '../validation/body-classes.ts';
import { IsAmount, IsInstant, IsMetadata, IsPositiveAmount, IsTags, IsText } from '../validation/rules.ts';

const NAMES_MAX = 100;
export const DEFAULT_PRIORITY = 100;

/** What the grant may pay for; what isn't given isn't limited. */
export class GrantScopeBody {
  @Describe('Pays only for usage of these events.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsText(0, 128, { each: true })
  readonly events?: string[] | null;

  @Describe('Pays only for usage of these models.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsText(0, 128, { each: true })
  readonly models?: string[] | null;

  @Describe('Pays only for requests with all of these tags.')
  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;
}

export class CreateGrantBody {
  @Describe('How much; more than zero.')
  @IsPositiveAmount()
  readonly amount!: string;

  @Describe('Where the credits come from: money, a gift, or a plan’s allowance.', { default: 'paid' })
  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  @Describe('Lower is spent first.', { default: DEFAULT_PRIORITY })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(255)
  readonly priority?: number | null;

  @Describe('From when on it counts; now where it isn’t given.')
  @IsOptional()
  @IsInstant()
  readonly effective_at?: string | null;

  @Describe('From when on it doesn’t count any more: after now and after `effective_at`. Never where it isn’t given.')
  @IsOptional()
  @IsInstant()
  readonly expires_at?: string | null;

  @Describe('Money paid per credit, kept for your accounting.')
  @IsOptional()
  @IsAmount()
  readonly cost_basis?: string | null;

  @Describe('What it may pay for; anything where it isn’t given.')
  @IsOptional()
  @Nested(() => GrantScopeBody)
  readonly scope?: GrantScopeBody | null;

  @Describe('Any JSON object up to 16 KiB, kept and given back.')
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}
