import { IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { IsAccountId, IsRateCardId } from '../validation/rules.ts';
import { IsTags } from '../validation/tags.ts';
import { IsQuotedUsage, type QuotedUsage } from './quoted-usage.ts';

@DescribeBody({
  anyOf: [
    { required: ['rate_card'], properties: { rate_card: { type: 'string' }, account: { type: 'null' } } },
    { required: ['account'], properties: { account: { type: 'string' }, rate_card: { type: 'null' } } },
  ],
})
export class QuoteBody {
  @Describe('The rate card whose prices apply. Name it, or an account.')
  @IsOptional()
  @IsRateCardId()
  readonly rate_card?: string | null;

  @Describe('The account whose terms apply: its rate card, discount and own prices, and what it has used so far.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @Describe(
    'One usage or a list of up to 1,000, in either form. `times` says how many requests use that; 1 if you leave it out.',
  )
  @IsQuotedUsage()
  readonly usage!: QuotedUsage | readonly QuotedUsage[];

  @Describe('Tags that prices may depend on.')
  @IsOptional()
  @IsTags()
  readonly tags?: Readonly<Record<string, string>> | null;
}
