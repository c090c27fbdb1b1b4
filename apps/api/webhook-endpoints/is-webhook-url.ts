import { webhookUrlFault } from '#webhooks';
import { ValidateBy } from 'class-validator';

/** Plain HTTP to this machine is a question of how the service is set up, which is asked later. */
const FORM = { allowLoopback: true };

/** A URL that events may be sent to, by its form. */
export function IsWebhookUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isWebhookUrl',
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (args) => faultOf(args?.value) ?? '',
    },
  });
}

function faultOf(value: unknown): string | null {
  return typeof value === 'string'
    ? webhookUrlFault(value, FORM)
    : 'must be a URL, like "https://example.com/webhooks"';
}
