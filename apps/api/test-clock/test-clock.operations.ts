import { ref } from '../openapi/body-schemas.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { AHEAD_SECONDS_MAX } from './advance.body.ts';
import type { TestClockController } from './test-clock.controller.ts';

const THE_CLOCK: AnswerDescription = { description: 'The test clock.', schema: ref('TestClock') };

export const TEST_CLOCK_OPERATIONS: OperationsOf<TestClockController> = {
  read: {
    id: 'getTestClock',
    summary: 'Get the test clock',
    description: 'Returns the time of the environment. `live` runs in real time and returns 403 `live_clock_fixed`.',
    answers: { 200: THE_CLOCK },
    problems: ['live_clock_fixed'],
    examples: [
      { name: 'of_test', summary: 'The clock of test', environment: 'test' },
      { name: 'of_live', summary: 'With a key of live' },
    ],
  },
  advance: {
    id: 'advanceTestClock',
    summary: 'Move time forward',
    description:
      'Moves time forward for the accounts on this test clock: holds and grants expire, and everything else happens as if that much time had passed. Use an `Idempotency-Key`: sent twice without one, the clock advances twice.',
    answers: { 200: { description: 'The advanced test clock.', schema: ref('TestClock') } },
    problems: ['live_clock_fixed', 'test_clock_too_far'],
    examples: [
      {
        name: 'a_day',
        summary: 'By a day',
        environment: 'test',
        idempotencyKey: 'next-day',
        body: { seconds: 86_400 },
      },
      {
        name: 'too_far',
        summary: 'Beyond the limit of ten years',
        environment: 'test',
        body: { seconds: AHEAD_SECONDS_MAX },
      },
    ],
  },
  reset: {
    id: 'resetTestClock',
    summary: 'Start a new test clock',
    description:
      'Starts a new test clock at real time, for accounts created from now on. Existing accounts keep theirs: time never goes back for an account.',
    answers: { 200: { description: 'The new test clock.', schema: ref('TestClock') } },
    problems: ['live_clock_fixed'],
    examples: [{ name: 'of_test', summary: 'The clock of test', environment: 'test' }],
  },
};
