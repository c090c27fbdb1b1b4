import { EVENT_TYPES, type EventType } from '#webhooks';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  ValidateIf,
} from 'class-validator';
import { IsAccountId, IsEndpointId, IsPastInstant } from '../validation/rules.ts';
import { IsWebhookUrl } from './is-webhook-url.ts';

export class CreateWebhookEndpointBody {
  /** Where events are sent to, by HTTPS. */
  @IsWebhookUrl()
  readonly url!: string;

  /** What it hears of; everything where it isn't given. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  /** Whose events it hears of; everybody's where it isn't given. */
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 256)
  readonly description?: string | null;
}

/** What isn't given stays as it is. */
export class UpdateWebhookEndpointBody {
  @IsGiven()
  @IsWebhookUrl()
  readonly url?: string;

  /** `null`: everything. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  readonly types?: EventType[] | null;

  @IsOptional()
  @IsString()
  @Length(1, 256)
  readonly description?: string | null;

  @IsGiven()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class RedeliverSinceBody {
  /** Events recorded since this time, in real time. */
  @IsPastInstant()
  readonly since!: string;
}

export class RedeliverEventBody {
  /** For this endpoint alone; for all that hear of the event where it isn't given. */
  @IsOptional()
  @IsEndpointId()
  readonly endpoint?: string | null;
}

/** Checks a field that may be left out, and may not be `null`. */
function IsGiven(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}
