import { EVENT_TYPES, type EventType } from '#webhooks';
import { ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsEndpointId, IsPastInstant, IsText } from '../validation/rules.ts';
import { IsWebhookUrl } from './is-webhook-url.ts';

export class CreateWebhookEndpointBody {
  @Describe('Where events are sent to: by HTTPS, to port 443 or 8443, of a host with public addresses only.')
  @IsWebhookUrl()
  readonly url!: string;

  @Describe('What it hears of; everything where it isn’t given.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  @Describe('Whose events it hears of; everybody’s where it isn’t given.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @Describe('What people call it.')
  @IsOptional()
  @IsText(1, 256)
  readonly description?: string | null;
}

/** What isn't given stays as it is. */
export class UpdateWebhookEndpointBody {
  @Describe('Where events are sent to from now on.')
  @IsOptional()
  @IsWebhookUrl()
  readonly url?: string | null;

  @Describe('What it hears of; `null`: everything.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  @Describe('What people call it; `null` takes it away.')
  @IsOptional()
  @IsText(1, 256)
  readonly description?: string | null;

  @Describe('Whether anything is sent to it.')
  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean | null;
}

export class RedeliverSinceBody {
  @Describe('Events that were written since this time, which is real time and has passed.')
  @IsPastInstant()
  readonly since!: string;
}

export class RedeliverEventBody {
  @Describe('To this endpoint alone; to all that hear of the event where it isn’t given.')
  @IsOptional()
  @IsEndpointId()
  readonly endpoint?: string | null;
}
