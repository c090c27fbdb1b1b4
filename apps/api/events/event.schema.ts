import { EVENT_TYPES } from '#webhooks';
import { choice, id, instant, viewSchema } from '../openapi/view-schema.ts';
import type { eventView } from './event.view.ts';

export const EVENT_SCHEMA = viewSchema<ReturnType<typeof eventView>>(
  'Something that has happened, as webhooks send it.',
  {
    id: id('event', 'The event’s id.'),
    type: choice(EVENT_TYPES, 'The type of the event.'),
    timestamp: instant('When it happened.'),
    data: {
      type: 'object',
      additionalProperties: true,
      description: 'The fields of this type: the account, its balance right after the event, and more.',
    },
  },
);
