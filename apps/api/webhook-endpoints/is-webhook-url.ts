import { webhookUrlFault } from '#webhooks';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';

/** Plain HTTP to this machine is a question of how the service is set up, which is asked later. */
const FORM = { allowLoopback: true };

/** What makes it one is too much for a schema; the format is ours. */
const SCHEMA: JsonSchema = { type: 'string', format: 'webhook-url', examples: ['https://example.com/purser'] };

/** A URL that events may be sent to, by its form. */
export function IsWebhookUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isWebhookUrl',
    constraints: [SCHEMA],
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
