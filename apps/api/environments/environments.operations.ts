import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { EnvironmentsController } from './environments.controller.ts';

export const ENVIRONMENT_OPERATIONS: OperationsOf<EnvironmentsController> = {
  create: {
    id: 'createEnvironment',
    summary: 'Create an environment',
    description:
      'Creates an isolated environment, for which you can then create keys. Needs a key of `live`. If the environment exists, returns 200 and changes nothing.',
    answers: {
      201: { description: 'The environment was created.', schema: ref('Environment') },
      200: { description: 'The environment exists already.', schema: ref('Environment') },
    },
    problems: ['live_key_needed'],
    examples: [
      { name: 'staging', summary: 'An environment', body: { name: 'staging' } },
      { name: 'same_again', summary: 'The same environment again', body: { name: 'staging' } },
      {
        name: 'from_another',
        summary: 'Without a key of live',
        environment: 'test',
        body: { name: 'preview' },
      },
    ],
  },
  list: {
    id: 'listEnvironments',
    summary: 'List environments',
    description: 'Lists all environments for a key of `live`, newest first. Any other key sees only its own.',
    answers: { 200: { description: 'A page of environments.', schema: listSchema(ref('Environment')) } },
    examples: [{ name: 'its_own', summary: 'With a key of test', environment: 'test' }],
  },
};
