import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { EnvironmentsController } from './environments.controller.ts';

export const ENVIRONMENT_OPERATIONS: OperationsOf<EnvironmentsController> = {
  create: {
    id: 'createEnvironment',
    summary: 'Make an environment',
    description:
      'Makes a world of its own; then make keys for it. Only a key of `live` may. The same name again answers 200 and changes nothing.',
    answers: {
      201: { description: 'It was made.', schema: ref('Environment') },
      200: { description: 'It was there already.', schema: ref('Environment') },
    },
    problems: ['live_key_needed'],
    examples: [
      { name: 'staging', summary: 'An environment', body: { name: 'staging' } },
      { name: 'same_again', summary: 'The same again', body: { name: 'staging' } },
      {
        name: 'from_another',
        summary: 'By a key that isn’t one of live',
        environment: 'test',
        body: { name: 'preview' },
      },
    ],
  },
  list: {
    id: 'listEnvironments',
    summary: 'List environments',
    description: 'All of them for a key of `live`, newest first; any other key sees its own.',
    answers: { 200: { description: 'A page of environments.', schema: listSchema(ref('Environment')) } },
    examples: [{ name: 'its_own', summary: 'As a key of test sees it', environment: 'test' }],
  },
};
