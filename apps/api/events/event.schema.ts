import { EVENT_TYPES } from '#webhooks';
import { choice, id, instant, viewSchema } from '../openapi/view-schema.ts';
import type { eventView } from './event.view.ts';

export const EVENT_SCHEMA = viewSchema<ReturnType<typeof eventView>>('Something that has happened, as it is told.', {
  id: id('event', 'Its id.'),
  type: choice(EVENT_TYPES, 'What has happened.'),
  timestamp: instant('When.'),
  data: { type: 'object', description: 'What the type says of it: the account, its balance then, and more.' },
});
