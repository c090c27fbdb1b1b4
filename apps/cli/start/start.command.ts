import type { Command } from 'commander';
import { readConfig } from '#config';
import { runService } from './run-service.ts';

const ENVIRONMENT = `
Environment:
  PORT                         port to listen on (3000; 0 takes any free one)
  HOST                         address to listen on (127.0.0.1)
  DATABASE_URL                 a Postgres 15 or newer to use instead of the embedded one
  REDIS_URL                    a Redis for the queues, and to count rate limits together (queues on Postgres)
  PURSER_DATA_DIR              folder of the embedded Postgres (.purser)
  PURSER_ADMIN_KEY             first admin key of the live environment, 24 or more characters (made and shown once if unset)
  PURSER_TEST_ADMIN_KEY        the same for the test environment
  PURSER_IDEMPOTENCY_DAYS      how long idempotency keys are remembered at least (7)
  PURSER_SECRETS_KEY           32 bytes in base64 that encrypt webhook secrets (with the embedded Postgres: kept beside it)
  PURSER_WEBHOOKS_ALLOW_LOOPBACK  true lets webhooks go to http://127.0.0.1, for development (false)
  PURSER_TRUSTED_PROXIES       addresses and networks of proxies whose X-Forwarded-For is believed (nobody's is)
  PURSER_RATE_LIMIT            requests per minute that each API key may send (0: no limit)
  PURSER_DRAIN_SECONDS         how long to go on answering, as not ready, when told to stop (0)
  PURSER_LOG_LEVEL             error, warn, info or debug: the log on standard error (info)
  OTEL_EXPORTER_OTLP_ENDPOINT  where to send traces, e.g. http://localhost:4318 (none are made)
  OTEL_TRACES_SAMPLER_ARG      which part of the traces to record, 0 to 1 (1)

Each is explained in docs/configuration.md.
`;

export function registerStart(program: Command): void {
  program
    .command('start')
    .description('start the service with everything it needs; Ctrl-C stops it')
    .addHelpText('after', ENVIRONMENT)
    .action(() => runService(readConfig()));
}
