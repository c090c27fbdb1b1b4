import type { Spender, Usage } from '#ledger';
import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsText } from '../validation/rules.ts';
import { IsTagParameters } from '../validation/tags.ts';

/** What a request would be for. */
export class StandingQuery {
  @Describe('Tags of the requests in question: `tag.user=u-184&tag.team=red`. Budgets count by them.')
  @Gathered
  @IsOptional()
  @IsTagParameters()
  readonly tag?: Readonly<Record<string, string>>;

  @Describe('The model of their usage.')
  @IsOptional()
  @IsText(1, 256)
  readonly model?: string;
}

/** What budgets and grants take for an event that isn't said. */
const NO_EVENT = '(none)';

export function spenderIn({ tag, model }: StandingQuery, keyId: string): Spender {
  const usage: Usage[] = model === undefined ? [] : [{ event: NO_EVENT, model }];
  return { usage, tags: tag ?? {}, keyId };
}
