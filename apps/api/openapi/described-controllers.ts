import { ACCOUNT_OPERATIONS } from '../accounts/accounts.operations.ts';
import { AccountsController } from '../accounts/accounts.controller.ts';
import { AUTHORIZATION_OPERATIONS } from '../authorizations/authorizations.operations.ts';
import { AuthorizationsController } from '../authorizations/authorizations.controller.ts';
import { CHARGE_OPERATIONS } from '../charges/charges.operations.ts';
import { ChargesController } from '../charges/charges.controller.ts';
import { GRANT_OPERATIONS } from '../grants/grants.operations.ts';
import { GrantsController } from '../grants/grants.controller.ts';
import { HEALTH_OPERATIONS } from '../health/health.operations.ts';
import { HealthController } from '../health/health.controller.ts';
import { METRICS_OPERATIONS } from '../metrics/metrics.operations.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import { TRANSFER_OPERATIONS } from '../transfers/transfers.operations.ts';
import { TransfersController } from '../transfers/transfers.controller.ts';
import { DescriptionController } from './description.controller.ts';
import { DESCRIPTION_OPERATIONS } from './description.operations.ts';
import { described } from './operation.ts';

/** All controllers of the API, in the order of its description. One without a description isn't part of it. */
export const DESCRIBED_CONTROLLERS = [
  described(AccountsController, 'Accounts', ACCOUNT_OPERATIONS),
  described(GrantsController, 'Grants', GRANT_OPERATIONS),
  described(AuthorizationsController, 'Authorizations', AUTHORIZATION_OPERATIONS),
  described(ChargesController, 'Charges', CHARGE_OPERATIONS),
  described(TransfersController, 'Statement', TRANSFER_OPERATIONS),
  described(HealthController, 'Operations', HEALTH_OPERATIONS),
  described(MetricsController, 'Operations', METRICS_OPERATIONS),
  described(DescriptionController, 'Description', DESCRIPTION_OPERATIONS),
];
