import { ref } from '../openapi/body-schemas.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { AHEAD_SECONDS_MAX } from './advance.body.ts';
import type { TestClockController } from './test-clock.controller.ts';

const THE_CLOCK: AnswerDescription = { description: 'The clock.', schema: ref('TestClock') };

export const TEST_CLOCK_OPERATIONS: OperationsOf<TestClockController> = {
  read: {
    id: 'getTestClock',
    summary: 'Get the test clock',
    description: 'The time of the environment. That of `live` is real time, and 403 `live_clock_fixed`.',
    answers: { 200: THE_CLOCK },
    problems: ['live_clock_fixed'],
    examples: [
      { name: 'of_test', summary: 'That of test', environment: 'test' },
      { name: 'of_live', summary: 'That of live' },
    ],
  },
  advance: {
    id: 'advanceTestClock',
    summary: 'Move time forward',
    description:
      'For the accounts of this clock expiries, holds and everything else that time does happen as if so much of it had passed. Use an `Idempotency-Key`: sent twice without one, time moves twice.',
    answers: { 200: { description: 'The clock as it is now.', schema: ref('TestClock') } },
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
        summary: 'By more than is left of ten years',
        environment: 'test',
        body: { seconds: AHEAD_SECONDS_MAX },
      },
    ],
  },
  reset: {
    id: 'resetTestClock',
    summary: 'Start another test clock',
    description:
      'It begins at real time, for accounts that are made from now on; accounts that are there keep theirs. Time never goes back for anybody.',
    answers: { 200: { description: 'The new clock.', schema: ref('TestClock') } },
    problems: ['live_clock_fixed'],
    examples: [{ name: 'of_test', summary: 'That of test', environment: 'test' }],
  },
};
