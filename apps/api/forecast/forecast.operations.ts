import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { ForecastController } from './forecast.controller.ts';

export const FORECAST_OPERATIONS: OperationsOf<ForecastController> = {
  find: {
    id: 'getForecast',
    summary: 'Get an account’s forecast',
    description:
      'Returns when the credits run out if usage goes on as in the last 28 days and nothing is bought, and which credits will expire unused. It looks 90 days ahead: through expiries, scheduled and recurring grants, scopes and the burn-down order. Below 3 days of use it says nothing (`not_enough_usage`).',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The forecast.', schema: ref('Forecast') } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'A customer', path: { id: 'acme' } }],
  },
};
