import { idPattern } from '#ledger';
import { EVENT_TYPES, type EventType } from '#webhooks';
import { EVENT_DATA } from '../events/event-data.ts';
import { guidePath } from '../guides/guides.ts';
import { ref } from './body-schemas.ts';
import type { JsonSchema } from './json-schema.ts';
import recordedMessages from './recorded-messages.json' with { type: 'json' };
import type { Tag } from './tags.ts';
import { instant } from './view-schema.ts';

const TAG: Tag = 'Webhooks';
const RECORDED: Readonly<Record<string, unknown>> = recordedMessages;

const HEADERS = [
  header(
    'webhook-id',
    { type: 'string', pattern: idPattern('event') },
    'The id of the event, the same in every delivery attempt.',
  ),
  header(
    'webhook-timestamp',
    { type: 'string', pattern: '^\\d+$' },
    'When this attempt was made, in seconds since 1970.',
  ),
  header('webhook-signature', { type: 'string' }, 'One or two signatures as Standard Webhooks specifies, after `v1,`.'),
];

/** The messages that Purser sends to webhook endpoints, by the types of their events, as OpenAPI has them. */
export function webhookOperations() {
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, { post: webhookOperation(type) }]));
}

/** The schemas of the messages, by their names. */
export function messageSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(EVENT_TYPES.map((type) => [schemaName(type), messageSchema(type)]));
}

function webhookOperation(type: EventType) {
  const { sentWhen } = EVENT_DATA[type];
  return {
    operationId: `receive${schemaName(type)}`,
    tags: [TAG],
    summary: type,
    description: sentWhen,
    externalDocs: { description: 'Events', url: guidePath('webhooks', 'events') },
    security: [],
    parameters: HEADERS,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: ref(schemaName(type)), ...exampleOf(type) } },
    },
    responses: {
      '2XX': { description: 'The endpoint has received the message. Purser doesn’t read the response.' },
      '410': { description: 'The endpoint is gone. Purser disables it.' },
      default: { description: 'Purser sends the message again later.' },
    },
  };
}

function exampleOf(type: EventType) {
  return type in RECORDED ? { examples: { sent: { summary: 'As it was sent', value: RECORDED[type] } } } : {};
}

/** `grant.created` → `GrantCreatedMessage` */
function schemaName(type: EventType): string {
  return `${type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())}Message`;
}

function messageSchema(type: EventType): JsonSchema {
  const { sentWhen, data } = EVENT_DATA[type];
  return {
    type: 'object',
    description: sentWhen,
    properties: {
      type: { type: 'string', const: type, description: 'The type of the event.' },
      timestamp: instant('When the event happened, by the account’s clock.'),
      data,
    },
    required: ['type', 'timestamp', 'data'],
  };
}

function header(name: string, schema: JsonSchema, description: string) {
  return { name, in: 'header', required: true, description, schema } as const;
}
