import { instant, viewSchema } from '../openapi/view-schema.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import type { environmentView } from './environment.view.ts';

export const ENVIRONMENT_SCHEMA = viewSchema<ReturnType<typeof environmentView>>(
  'A world of its own: accounts, keys and all they own.',
  {
    name: { type: 'string', pattern: ENVIRONMENT_NAME.source, description: 'Its name.' },
    created_at: instant('When it was made.'),
  },
);
