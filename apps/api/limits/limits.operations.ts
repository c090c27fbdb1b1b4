import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { ENVIRONMENT_LIMIT } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { LimitsController } from './limits.controller.ts';

const PATH = {
  id: { description: 'The limit’s id.', schema: { type: 'string', pattern: idPattern('limit') } },
} as const;

export const LIMIT_OPERATIONS: OperationsOf<LimitsController> = {
  set: {
    id: 'setLimit',
    summary: 'Set the environment’s limit',
    description:
      'Sets the most that all accounts of a unit together may spend and hold in a period. There is one such limit for each unit; this replaces it. With the same period, the limit goes on with what was spent already; a new time zone applies from the end of the current period. A new limit applies in every process within a second.',
    answers: { 200: { description: 'The limit.', schema: ref('Limit') } },
    examples: [
      {
        name: 'a_month',
        summary: 'At most 15,000 a month, over all accounts',
        body: { amount: '15000', period: 'month' },
        ids: [ENVIRONMENT_LIMIT],
      },
    ],
  },
  list: {
    id: 'listLimits',
    summary: 'List limits',
    description:
      'Lists the limits of the environment and of its API keys, newest first, with how far the current period of each is used.',
    answers: { 200: { description: 'A page of limits.', schema: listSchema(ref('Limit')) } },
    examples: [{ name: 'first_page', summary: 'The newest limit', query: { limit: '1' } }],
  },
  find: {
    id: 'getLimit',
    summary: 'Get a limit',
    description: 'Returns the limit, and how far its current period is used.',
    path: PATH,
    answers: { 200: { description: 'The limit.', schema: ref('Limit') } },
    problems: ['limit_not_found'],
    examples: [{ name: 'of_the_environment', summary: 'A limit', path: { id: ENVIRONMENT_LIMIT } }],
  },
  shares: {
    id: 'listLimitShares',
    summary: 'List the shares of a limit',
    description: 'Lists what accounts have of the limit in its current period, the largest share first.',
    path: PATH,
    answers: { 200: { description: 'A page of shares.', schema: listSchema(ref('LimitShare')) } },
    problems: ['limit_not_found'],
    examples: [
      { name: 'largest', summary: 'The largest shares', path: { id: ENVIRONMENT_LIMIT }, query: { limit: '10' } },
    ],
  },
  remove: {
    id: 'deleteLimit',
    summary: 'Delete a limit',
    description:
      'Takes the limit away, of the environment or of an API key. If it is set again with the same unit and period, it goes on with what was spent before.',
    path: PATH,
    answers: { 200: { description: 'The limit that was taken away.', schema: ref('Limit') } },
    problems: ['limit_not_found'],
    examples: [{ name: 'of_the_environment', summary: 'A limit', path: { id: ENVIRONMENT_LIMIT } }],
  },
};
