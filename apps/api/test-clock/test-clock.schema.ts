import { instant, viewSchema } from '../openapi/view-schema.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import { AHEAD_SECONDS_MAX } from './advance.body.ts';
import type { testClockView } from './test-clock.view.ts';

export const TEST_CLOCK_SCHEMA = viewSchema<ReturnType<typeof testClockView>>('The time of an environment.', {
  environment: { type: 'string', pattern: ENVIRONMENT_NAME.source, description: 'The environment of the API key.' },
  now: instant('The current time for accounts that are created now.'),
  offset_seconds: {
    type: 'integer',
    minimum: 0,
    maximum: AHEAD_SECONDS_MAX,
    description: 'How far it is ahead of real time, in seconds.',
  },
});
