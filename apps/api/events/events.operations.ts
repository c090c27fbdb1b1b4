import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { EVENT } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { EventsController } from './events.controller.ts';

const PATH = {
  id: { description: 'The event’s id.', schema: { type: 'string', pattern: idPattern('event') } },
} as const;

export const EVENT_OPERATIONS: OperationsOf<EventsController> = {
  list: {
    id: 'listEvents',
    summary: 'List events',
    description:
      'Lists the events that Purser sends to webhook endpoints, delivered or not, newest first. With `after`, it lists ' +
      'the events after the given one, oldest first: with `account` those of the account, without it those of all accounts. To ' +
      'follow them, send the `id` of the last event that you have, again and again: you miss no event that is still stored, and ' +
      'get none twice. Events of all accounts are listed in the order in which the worker relays them, some tenths of a second ' +
      'after they were written.',
    answers: { 200: { description: 'A page of events.', schema: listSchema(ref('Event')) } },
    examples: [
      {
        name: 'of_a_customer',
        summary: 'The grants of a customer',
        query: { account: 'acme', type: 'grant.created', limit: '1' },
        ids: [EVENT],
      },
      {
        name: 'followed',
        summary: 'The customer’s next event',
        query: { account: 'acme', after: EVENT, limit: '1' },
      },
    ],
  },
  find: {
    id: 'getEvent',
    summary: 'Get an event',
    description: 'Returns the event.',
    path: PATH,
    answers: { 200: { description: 'The event.', schema: ref('Event') } },
    problems: ['event_not_found'],
    examples: [
      { name: 'grant', summary: 'A grant', path: { id: EVENT } },
      { name: 'unknown', summary: 'An event that doesn’t exist', path: { id: 'evt_01m7xxdjqde0094rhh148wft1b' } },
    ],
  },
};
