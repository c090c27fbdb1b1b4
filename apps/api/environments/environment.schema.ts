import { instant, viewSchema } from '../openapi/view-schema.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import type { environmentView } from './environment.view.ts';

export const ENVIRONMENT_SCHEMA = viewSchema<ReturnType<typeof environmentView>>(
  'An isolated environment, with its own accounts, keys and everything that belongs to them.',
  {
    name: { type: 'string', pattern: ENVIRONMENT_NAME.source, description: 'The environment’s name.' },
    created_at: instant('When the environment was created.'),
  },
);
