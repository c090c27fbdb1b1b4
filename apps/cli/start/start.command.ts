import type { Command } from 'commander';
import { readConfig } from '#config';
import { runService } from './run-service.ts';

const ENVIRONMENT = `
Environment:
  PORT                     port to listen on (3000; 0 takes any free one)
  HOST                     address to listen on (127.0.0.1)
  DATABASE_URL             a Postgres 15 or newer to use instead of the embedded one
  PURSER_DATA_DIR          folder of the embedded Postgres (.purser)
  PURSER_ADMIN_KEY         first admin key of the live environment, 24 or more characters (made and shown once if unset)
  PURSER_TEST_ADMIN_KEY    the same for the test environment
  PURSER_IDEMPOTENCY_DAYS  how long idempotency keys are remembered at least (7)
  PURSER_SECRETS_KEY       32 bytes in base64 that encrypt webhook secrets (kept in PURSER_DATA_DIR with the embedded Postgres)
  PURSER_WEBHOOKS_ALLOW_LOOPBACK  true lets webhooks go to http://127.0.0.1, for development (false)
`;

export function registerStart(program: Command): void {
  program
    .command('start')
    .description('start the service with everything it needs; Ctrl-C stops it')
    .addHelpText('after', ENVIRONMENT)
    .action(() => runService(readConfig()));
}
