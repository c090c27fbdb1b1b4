import { AUTHORIZATION_STATUSES, parsePublicId, type AuthorizationStatus } from '#ledger';
import type { AuthorizationFilter, AuthorizationOrder } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { accountRef } from '../accounts/account-ref.ts';
import { Describe } from '../openapi/describe.ts';
import { RowPageQuery } from '../rows/row-page.query.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsAccountId, IsInstant, IsKeyId, IsText, parseInstant } from '../validation/rules.ts';
import { IsTagParameters } from '../validation/tags.ts';

const ORDERS: readonly AuthorizationOrder[] = ['desc', 'asc'];

export class AuthorizationQuery extends RowPageQuery {
  @Describe('Only authorizations of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe(
    'Only authorizations with this status. Declined requests are counted and not kept: `GET /v1/declines` reports them.',
  )
  @IsOptional()
  @IsIn(AUTHORIZATION_STATUSES, {
    message: ({ value }) => (value === 'declined' ? DECLINED : `must be one of: ${AUTHORIZATION_STATUSES.join(', ')}`),
  })
  readonly status?: AuthorizationStatus;

  @Describe('Only authorizations that were made at this instant or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only authorizations that were made before this instant.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe('Only authorizations with usage of this model, as it was announced or as it was stated later.')
  @IsOptional()
  @IsText(1, 256)
  readonly model?: string;

  @Describe('Only authorizations with usage of this event. With `model`, one usage must name both.')
  @IsOptional()
  @IsText(1, 256)
  readonly event?: string;

  @Describe('Only authorizations with these tags: `tag.user=u-184&tag.team=red`.')
  @Gathered
  @IsOptional()
  @IsTagParameters()
  readonly tag?: Readonly<Record<string, string>>;

  @Describe('Only authorizations that were asked for with this API key.')
  @IsOptional()
  @IsKeyId()
  readonly key?: string;

  @Describe('Only authorizations of this group.')
  @IsOptional()
  @IsText(1, 256)
  readonly group?: string;

  @Describe('`desc`: newest first. `asc`: oldest first.', { default: 'desc' })
  @IsOptional()
  @IsIn(ORDERS)
  readonly order?: AuthorizationOrder;
}

const DECLINED = `must be one of: ${AUTHORIZATION_STATUSES.join(', ')}. Declined requests are counted and not kept; read how many there were from GET /v1/declines`;

export function authorizationFilter(environment: string, query: AuthorizationQuery): AuthorizationFilter {
  const { account, status, from, to, model, event, tag, key, group } = query;
  return {
    account: account === undefined ? null : accountRef(environment, account),
    status: status ?? null,
    from: parseInstant(from),
    to: parseInstant(to),
    model: model ?? null,
    event: event ?? null,
    tags: tag ?? {},
    key: key === undefined ? null : parsePublicId('key', key),
    group: group ?? null,
  };
}
