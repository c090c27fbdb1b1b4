import { DELIVERY_STATUSES, type DeliveryStatus } from '#webhook-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { IsAccountId } from '../validation/rules.ts';

export class WebhookEndpointQuery extends PageQuery {
  /** Only this account's own. */
  @IsOptional()
  @IsAccountId()
  readonly account?: string;
}

export class DeliveryQuery extends PageQuery {
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  readonly status?: DeliveryStatus;
}
