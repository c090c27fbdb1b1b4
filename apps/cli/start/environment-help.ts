import type { KnownVariable } from '#config';

/** Everything that can be set, in a line each; docs/configuration.md has the rest. */
const VARIABLES = {
  PORT: 'port to listen on (3000; 0 takes any free one)',
  HOST: 'address to listen on (127.0.0.1)',
  DATABASE_URL: 'a Postgres 15 or newer to use instead of the embedded one',
  REDIS_URL: 'a Redis for the queues, and to count rate limits together (queues on Postgres)',
  PURSER_DATA_DIR: 'folder of the embedded Postgres (.purser)',
  PURSER_ADMIN_KEY: 'first admin key of the live environment, 24 or more characters (made and shown once if unset)',
  PURSER_TEST_ADMIN_KEY: 'the same for the test environment',
  PURSER_IDEMPOTENCY_DAYS: 'how long idempotency keys are remembered at least (7)',
  PURSER_SECRETS_KEY: '32 bytes in base64 that encrypt webhook secrets (with the embedded Postgres: kept beside it)',
  PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true lets webhooks go to http://127.0.0.1, for development (false)',
  STRIPE_SECRET_KEY: 'the key of Stripe for the live environment, sk_live_… (Stripe can’t be used)',
  STRIPE_WEBHOOK_SECRET: 'the secret of the webhook endpoint of Stripe for it, whsec_…',
  STRIPE_TEST_SECRET_KEY: 'the key of Stripe for all other environments, sk_test_…',
  STRIPE_TEST_WEBHOOK_SECRET: 'the secret of the webhook endpoint of Stripe for them, whsec_…',
  PURSER_STRIPE_RETURN_URL: 'where customers come back to from a page of Stripe’s (no page is opened by itself)',
  PURSER_STRIPE_API: 'http://127.0.0.1:… instead of Stripe, for tests',
  PURSER_TRUSTED_PROXIES: "addresses and networks of proxies whose X-Forwarded-For is believed (nobody's is)",
  PURSER_CONNECTIONS_MAX: 'connections of clients that a process has open at once (4000)',
  PURSER_RATE_LIMIT: 'requests per minute that each API key may send (0: no limit)',
  PURSER_METRICS_TOKEN: 'bearer token that GET /metrics needs, 24 or more characters (none)',
  PURSER_OPEN_HOLDS_MAX: 'how many authorizations an account may have open at once (0: any number)',
  PURSER_EXPIRY_NOTICES: 'days before a grant expires at which an event says so (7,1)',
  PURSER_WORKER_PORT: 'port of the health and metrics of the worker',
  PURSER_DRAIN_SECONDS: 'how long to go on answering, as not ready, after SIGTERM (0)',
  PURSER_LOG_LEVEL: 'error, warn, info or debug: the log on standard error (info)',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'where to send traces, e.g. http://localhost:4318 (none are made)',
  OTEL_TRACES_SAMPLER_ARG: 'which part of the traces to record, 0 to 1 (1)',
} as const satisfies Record<KnownVariable, string>;

/** The same where processes run apart. */
const SHARED_DATABASE = 'the Postgres that all processes share; it must be set';

const STRIPE = [
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_TEST_SECRET_KEY',
  'STRIPE_TEST_WEBHOOK_SECRET',
  'PURSER_STRIPE_RETURN_URL',
  'PURSER_STRIPE_API',
] as const;

const USED_BY = {
  start: (Object.keys(VARIABLES) as KnownVariable[]).filter((name) => name !== 'PURSER_WORKER_PORT'),
  migrate: ['DATABASE_URL', 'PURSER_DATA_DIR', 'PURSER_ADMIN_KEY', 'PURSER_TEST_ADMIN_KEY'],
  api: [
    'DATABASE_URL',
    'PORT',
    'HOST',
    'REDIS_URL',
    'PURSER_SECRETS_KEY',
    'PURSER_WEBHOOKS_ALLOW_LOOPBACK',
    ...STRIPE,
    'PURSER_TRUSTED_PROXIES',
    'PURSER_CONNECTIONS_MAX',
    'PURSER_RATE_LIMIT',
    'PURSER_METRICS_TOKEN',
    'PURSER_OPEN_HOLDS_MAX',
    'PURSER_DRAIN_SECONDS',
    'PURSER_LOG_LEVEL',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_TRACES_SAMPLER_ARG',
  ],
  worker: [
    'DATABASE_URL',
    'REDIS_URL',
    'PURSER_WORKER_PORT',
    'HOST',
    'PURSER_SECRETS_KEY',
    'PURSER_WEBHOOKS_ALLOW_LOOPBACK',
    ...STRIPE,
    'PURSER_EXPIRY_NOTICES',
    'PURSER_IDEMPOTENCY_DAYS',
    'PURSER_DRAIN_SECONDS',
    'PURSER_LOG_LEVEL',
  ],
} as const satisfies Record<string, readonly KnownVariable[]>;

/** The part of a command's `--help` about the variables that it uses. */
export function environmentHelp(command: keyof typeof USED_BY): string {
  const names: readonly KnownVariable[] = USED_BY[command];
  const isApart = command === 'api' || command === 'worker';
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const means = isApart && name === 'DATABASE_URL' ? SHARED_DATABASE : VARIABLES[name];
    return `  ${name.padEnd(width)}  ${means}\n`;
  });
  return `\nEnvironment:\n${lines.join('')}\nEach is explained in docs/configuration.md.\n`;
}
