import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { misspeltVariables } from './misspelt-variables.ts';
import { readStripe, type StripeConfig } from './read-stripe.ts';
import { VariableReader } from './variable-reader.ts';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where spans are sent. */
export interface TracingConfig {
  /** The base URL of an OTLP/HTTP receiver; `/v1/traces` is added. */
  readonly endpoint: string;
  /** The part of traces that is recorded, 0 to 1, where the caller hasn't decided. */
  readonly ratio: number;
}

/** Everything an operator can set. */
export interface Config {
  /**
   * HOST: the address to listen on. The default is loopback, because what is started by hand on a laptop should not be
   * open to its network, and API keys would travel there unencrypted. In a container set 0.0.0.0, behind a TLS proxy.
   */
  readonly host: string;
  /** PORT: the port to listen on; 0 takes any free one. */
  readonly port: number;
  /** PURSER_CONNECTIONS_MAX: how many connections of clients a process has open at once. */
  readonly connectionsMax: number;
  /** DATABASE_URL: the Postgres to use; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** PURSER_DATA_DIR: the absolute path of the folder that holds the embedded Postgres. */
  readonly dataDir: string;
  /** PURSER_ADMIN_KEY and PURSER_TEST_ADMIN_KEY: the first admin key of each environment; made at first start if absent. */
  readonly adminKeys: { readonly live?: string; readonly test?: string };
  /** PURSER_IDEMPOTENCY_DAYS: how long the keys of authorizations, commits and charges are remembered, in days. */
  readonly idempotencyDays: number;
  /** PURSER_OPEN_HOLDS_MAX: how many authorizations an account may have open at once; 0: any number. */
  readonly openHoldsMax: number;
  /** PURSER_EXPIRY_NOTICES: how many days before it expires the owner of a grant is told; longest first, empty: never. */
  readonly expiryNoticeDays: readonly number[];
  readonly webhooks: WebhookConfig;
  readonly stripe: StripeConfig;
  /**
   * PURSER_TRUSTED_PROXIES: the addresses and networks of proxies whose X-Forwarded-For is believed. Of anybody else it
   * isn't: whoever connects is then who asks.
   */
  readonly trustedProxies: readonly string[];
  /** PURSER_RATE_LIMIT: requests per minute and API key; 0: no limit. */
  readonly rateLimit: number;
  /** PURSER_METRICS_TOKEN: what a scraper must send to read `/metrics` of the API; null: nothing. */
  readonly metricsToken: string | null;
  /** REDIS_URL: where the queues are and several processes count rate limits together; null: queues on Postgres, each for itself. */
  readonly redisUrl: string | null;
  /** PURSER_DRAIN_SECONDS: how long a service that is told to stop goes on answering, and says that it isn't ready. */
  readonly drainSeconds: number;
  /** PURSER_LOG_LEVEL: the least important lines that are logged. */
  readonly logLevel: LogLevel;
  /** OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_TRACES_SAMPLER_ARG; null: no tracing. */
  readonly tracing: TracingConfig | null;
  /** PURSER_WORKER_PORT: the port on which a worker of its own tells of its health and metrics; null: nowhere. */
  readonly workerPort: number | null;
}

/** How events are sent to their receivers. */
export interface WebhookConfig {
  /**
   * PURSER_SECRETS_KEY: the keys that signing secrets are encrypted with, 32 bytes each: the first encrypts, all decrypt.
   * Empty where it isn't set.
   */
  readonly secretsKeys: readonly Buffer[];
  /** PURSER_WEBHOOKS_ALLOW_LOOPBACK: lets plain HTTP to 127.0.0.1 pass, for development and tests. */
  readonly allowLoopback: boolean;
}

/** What one of several processes needs: a Postgres that the others can reach as well. */
export type SharedConfig = Config & { readonly databaseUrl: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment; the only place that does.
 * @throws ConfigError naming every faulty variable at once.
 */
export function readConfig(env: Environment = process.env): Config {
  return read(env, (variables) => variables.text('DATABASE_URL', DATABASE_URL) ?? null);
}

/**
 * The same for one of several processes, which share a Postgres of the operator's: it must be named.
 * @throws ConfigError naming every faulty variable at once.
 */
export function readSharedConfig(env: Environment = process.env): SharedConfig {
  return read(env, (variables) => variables.requiredText('DATABASE_URL', { ...DATABASE_URL, need: DATABASE_NEED }));
}

const DATABASE_URL = { example: 'postgres://purser:secret@db.example.com:5432/purser', problem: databaseUrlProblem };
const DATABASE_NEED = 'must be set, as processes that run apart share one database';

function read<Url extends string | null>(env: Environment, databaseUrl: (variables: VariableReader) => Url) {
  const variables = new VariableReader(env);
  const config = {
    host: variables.text('HOST', { example: '0.0.0.0', problem: hostProblem }) ?? '127.0.0.1',
    port: variables.wholeNumber('PORT', { min: 0, max: 65_535, fallback: 3000 }),
    connectionsMax: variables.wholeNumber('PURSER_CONNECTIONS_MAX', { min: 10, max: 1_000_000, fallback: 4000 }),
    databaseUrl: databaseUrl(variables),
    dataDir: resolve(env['PURSER_DATA_DIR']?.trim() || '.purser'),
    adminKeys: readAdminKeys(variables),
    idempotencyDays: variables.wholeNumber('PURSER_IDEMPOTENCY_DAYS', { min: 1, max: 3650, fallback: 7 }),
    openHoldsMax: variables.wholeNumber('PURSER_OPEN_HOLDS_MAX', {
      min: 0,
      max: 999_999_999,
      fallback: 0,
      example: 10_000,
    }),
    expiryNoticeDays: readExpiryNotices(variables),
    webhooks: readWebhooks(variables),
    stripe: readStripe(variables),
    ...readOperation(variables),
    workerPort: readWorkerPort(variables),
  };
  variables.throwFaults(misspeltVariables(env));
  return config;
}

/** How it is watched, limited and stopped. */
function readOperation(
  variables: VariableReader,
): Pick<
  Config,
  'trustedProxies' | 'rateLimit' | 'metricsToken' | 'redisUrl' | 'drainSeconds' | 'logLevel' | 'tracing'
> {
  return {
    trustedProxies: readTrustedProxies(variables),
    rateLimit: variables.wholeNumber('PURSER_RATE_LIMIT', { min: 0, max: 999_999_999, fallback: 0, example: 60_000 }),
    metricsToken: variables.text('PURSER_METRICS_TOKEN', SECRET) ?? null,
    redisUrl:
      variables.text('REDIS_URL', { example: 'redis://cache.example.com:6379', problem: redisUrlProblem }) ?? null,
    drainSeconds: variables.wholeNumber('PURSER_DRAIN_SECONDS', { min: 0, max: 300, fallback: 0, example: 5 }),
    logLevel: readLogLevel(variables),
    tracing: readTracing(variables),
  };
}

const EXPIRY_NOTICES = '7,1';
const EXPIRY_NOTICES_MAX = 10;

function readExpiryNotices(variables: VariableReader): readonly number[] {
  const text =
    variables.text('PURSER_EXPIRY_NOTICES', { example: EXPIRY_NOTICES, problem: expiryNoticesProblem }) ??
    EXPIRY_NOTICES;
  return text === 'none'
    ? []
    : listOf(text)
        .map(Number)
        .sort((a, b) => b - a);
}

function expiryNoticesProblem(text: string): string | null {
  const days = listOf(text);
  const areDays = days.every((one) => /^\d{1,3}$/.test(one) && Number(one) >= 1 && Number(one) <= 365);
  const isList = areDays && days.length > 0 && days.length <= EXPIRY_NOTICES_MAX && new Set(days).size === days.length;
  return isList || text === 'none'
    ? null
    : `is '${text}' but must be up to ${EXPIRY_NOTICES_MAX} different numbers of days from 1 to 365, separated by commas, or none`;
}

function readTrustedProxies(variables: VariableReader): readonly string[] {
  const text = variables.text('PURSER_TRUSTED_PROXIES', {
    example: '10.0.0.0/8,fd00::/8',
    problem: (given) =>
      listOf(given)
        .map(proxyProblem)
        .find((fault) => fault !== null) ?? null,
  });
  return listOf(text ?? '');
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function readLogLevel(variables: VariableReader): LogLevel {
  const given = variables.text('PURSER_LOG_LEVEL', {
    example: 'debug',
    problem: (text) =>
      LOG_LEVELS.some((level) => level === text) ? null : `is '${text}' but must be one of ${LOG_LEVELS.join(', ')}`,
  });
  return LOG_LEVELS.find((level) => level === given) ?? 'info';
}

function readTracing(variables: VariableReader): TracingConfig | null {
  const endpoint = variables.text('OTEL_EXPORTER_OTLP_ENDPOINT', {
    example: 'http://localhost:4318',
    problem: httpUrlProblem,
  });
  const ratio = variables.text('OTEL_TRACES_SAMPLER_ARG', {
    example: '0.01',
    problem: (text) =>
      /^(0|1|[01]?\.\d{1,9})$/.test(text) && Number(text) <= 1 ? null : `is '${text}' but must be a number from 0 to 1`,
  });
  return endpoint === undefined ? null : { endpoint, ratio: Number(ratio ?? 1) };
}

const SECRET = { example: '"$(openssl rand -hex 24)"', problem: secretProblem };

function readAdminKeys(variables: VariableReader): Config['adminKeys'] {
  const live = variables.text('PURSER_ADMIN_KEY', SECRET);
  const test = variables.text('PURSER_TEST_ADMIN_KEY', SECRET);
  // A key decides the environment a request acts in, so one key can't stand for two.
  if (live !== undefined && live === test) {
    variables.fault('PURSER_TEST_ADMIN_KEY', 'must not be the same as PURSER_ADMIN_KEY', SECRET.example);
  }
  return { ...(live === undefined ? {} : { live }), ...(test === undefined ? {} : { test }) };
}

function readWebhooks(variables: VariableReader): WebhookConfig {
  const keys = variables.text('PURSER_SECRETS_KEY', {
    example: '"$(openssl rand -base64 32)"',
    problem: secretsKeyProblem,
  });
  const loopback = variables.text('PURSER_WEBHOOKS_ALLOW_LOOPBACK', { example: 'true', problem: truthProblem });
  return { secretsKeys: (keys?.split(',') ?? []).map(keyBytes), allowLoopback: loopback === 'true' };
}

const KEY_BYTES = 32;

function keyBytes(text: string): Buffer {
  return Buffer.from(text.trim(), 'base64');
}

/** Base64 has no way to be wrong in Node, so a key must come out as it went in. */
function secretsKeyProblem(text: string): string | null {
  const areKeys = text.split(',').every((key) => {
    const bytes = keyBytes(key);
    return bytes.length === KEY_BYTES && bytes.toString('base64') === key.trim();
  });
  return areKeys ? null : 'must be 32 bytes in base64, or a list of such keys with commas between them';
}

function truthProblem(text: string): string | null {
  return text === 'true' || text === 'false' ? null : `is '${text}' but must be true or false`;
}

function hostProblem(text: string): string | null {
  const isName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
  return isIP(text) !== 0 || isName ? null : `is '${text}' but must be an IP address or a host name, without a port`;
}

function readWorkerPort(variables: VariableReader): number | null {
  const text = variables.text('PURSER_WORKER_PORT', {
    example: '3001',
    problem: (given) =>
      /^\d{1,5}$/.test(given) && Number(given) <= 65_535
        ? null
        : `is '${given}' but must be a whole number from 0 to 65535`,
  });
  return text === undefined ? null : Number(text);
}

function redisUrlProblem(text: string): string | null {
  const isRedis = URL.canParse(text) && ['redis:', 'rediss:'].includes(new URL(text).protocol);
  return isRedis ? null : 'must be a URL that begins with redis:// or rediss://';
}

function databaseUrlProblem(text: string): string | null {
  const isPostgres = URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
  return isPostgres ? null : 'must be a URL that begins with postgres://';
}

function httpUrlProblem(text: string): string | null {
  const isHttp = URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
  return isHttp ? null : 'must be a URL that begins with http:// or https://';
}

function proxyProblem(text: string): string | null {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
  if (family === 0 || !isNetwork || rest.length > 0)
    return `has '${text}' but must be a list of IP addresses and networks, separated by commas`;
  // Whoever is trusted can claim any address.
  return bits !== undefined && Number(bits) === 0 ? `has '${text}', which is everybody; name your proxies` : null;
}

function secretProblem(text: string): string | null {
  return /^[\x21-\x7e]{24,}$/.test(text) ? null : 'must be 24 or more printable ASCII characters without spaces';
}
