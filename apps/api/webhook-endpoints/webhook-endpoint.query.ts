import { DELIVERY_STATUSES, type DeliveryStatus } from '#webhook-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId } from '../validation/rules.ts';

export class WebhookEndpointQuery extends PageQuery {
  @Describe('Only this account’s own endpoints.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;
}

export class DeliveryQuery extends PageQuery {
  @Describe('Only deliveries with this status.')
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  readonly status?: DeliveryStatus;
}
