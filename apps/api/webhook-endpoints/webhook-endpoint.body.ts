import { EVENT_TYPES, type EventType } from '#webhooks';
import { ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsEndpointId, IsPastInstant, IsText } from '../validation/rules.ts';
import { IsWebhookUrl } from './is-webhook-url.ts';

export class CreateWebhookEndpointBody {
  @Describe('Where Purser sends events: an HTTPS URL with port 443 or 8443, on a host with public addresses only.')
  @IsWebhookUrl()
  readonly url!: string;

  @Describe('The event types to subscribe to. Default: all except `authorization.committed`.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  @Describe('The account whose events it receives. Default: all accounts.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @Describe('A description for people.')
  @IsOptional()
  @IsText(1, 256)
  readonly description?: string | null;
}

/** What isn't given stays as it is. */
export class UpdateWebhookEndpointBody {
  @Describe('Where Purser sends events from now on.')
  @IsOptional()
  @IsWebhookUrl()
  readonly url?: string | null;

  @Describe('The event types to subscribe to; `null`: all except `authorization.committed`.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  @Describe('A description for people; `null` removes it.')
  @IsOptional()
  @IsText(1, 256)
  readonly description?: string | null;

  @Describe('Whether Purser sends anything to the endpoint.')
  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean | null;
}

export class RedeliverSinceBody {
  @Describe('Sends events written since this time, which is real time and in the past.')
  @IsPastInstant()
  readonly since!: string;
}

export class RedeliverEventBody {
  @Describe('The only endpoint to send it to. Default: every endpoint that is subscribed to the event.')
  @IsOptional()
  @IsEndpointId()
  readonly endpoint?: string | null;
}
