import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { readConfig, readSharedConfig } from './read-config.ts';

function faultsOf(env: Record<string, string>): ConfigError['faults'] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs no variable at all', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      connectionsMax: 4000,
      databaseUrl: null,
      dataDir: resolve('.purser'),
      adminKeys: {},
      idempotencyDays: 7,
      openHoldsMax: 0,
      expiryNoticeDays: [7, 1],
      webhooks: { secretsKeys: [], allowLoopback: false },
      stripe: { live: null, test: null, returnUrl: null, url: 'https://api.stripe.com' },
      trustedProxies: [],
      rateLimit: 0,
      metricsToken: null,
      redisUrl: null,
      drainSeconds: 0,
      logLevel: 'info',
      tracing: null,
      workerPort: null,
    });
  });

  it('reads every variable', () => {
    const env = {
      HOST: '::',
      PORT: '0',
      PURSER_CONNECTIONS_MAX: '20000',
      DATABASE_URL: 'postgresql://purser:secret@db.example.com/purser',
      PURSER_DATA_DIR: '/var/lib/purser',
      PURSER_ADMIN_KEY: 'live-key-live-key-live-key',
      PURSER_TEST_ADMIN_KEY: 'test-key-test-key-test-key',
      PURSER_IDEMPOTENCY_DAYS: '30',
      PURSER_OPEN_HOLDS_MAX: '500',
      PURSER_EXPIRY_NOTICES: '1, 30,7',
      PURSER_SECRETS_KEY: `${Buffer.alloc(32, 1).toString('base64')}, ${Buffer.alloc(32, 2).toString('base64')}`,
      PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
      STRIPE_SECRET_KEY: 'rk_live_1',
      STRIPE_WEBHOOK_SECRET: 'whsec_1, whsec_2',
      STRIPE_TEST_SECRET_KEY: 'sk_test_1',
      STRIPE_TEST_WEBHOOK_SECRET: 'whsec_3',
      PURSER_STRIPE_RETURN_URL: 'https://example.com/billing',
      PURSER_STRIPE_API: 'http://127.0.0.1:12111',
      PURSER_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1,::1,fd00::/8',
      PURSER_RATE_LIMIT: '60000',
      PURSER_METRICS_TOKEN: 'scraper-scraper-scraper-scraper',
      REDIS_URL: 'rediss://cache.example.com',
      PURSER_DRAIN_SECONDS: '5',
      PURSER_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
      PURSER_WORKER_PORT: '3001',
    };
    expect(readConfig(env)).toEqual({
      host: '::',
      port: 0,
      connectionsMax: 20_000,
      databaseUrl: env.DATABASE_URL,
      dataDir: '/var/lib/purser',
      adminKeys: { live: env.PURSER_ADMIN_KEY, test: env.PURSER_TEST_ADMIN_KEY },
      idempotencyDays: 30,
      openHoldsMax: 500,
      expiryNoticeDays: [30, 7, 1],
      webhooks: { secretsKeys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], allowLoopback: true },
      stripe: {
        live: { secretKey: 'rk_live_1', webhookSecrets: ['whsec_1', 'whsec_2'] },
        test: { secretKey: 'sk_test_1', webhookSecrets: ['whsec_3'] },
        returnUrl: 'https://example.com/billing',
        url: 'http://127.0.0.1:12111',
      },
      trustedProxies: ['10.0.0.0/8', '192.0.2.1', '::1', 'fd00::/8'],
      rateLimit: 60_000,
      metricsToken: env.PURSER_METRICS_TOKEN,
      redisUrl: env.REDIS_URL,
      drainSeconds: 5,
      logLevel: 'debug',
      tracing: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: 0.01 },
      workerPort: 3001,
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(readConfig({ PORT: '', HOST: ' ', DATABASE_URL: '', PURSER_DATA_DIR: '', PURSER_ADMIN_KEY: '' })).toEqual(
      readConfig({}),
    );
  });

  it('reports all faults at once, each with the variable, the reason and an example', () => {
    const faults = faultsOf({ PORT: '3000x', HOST: 'a b', DATABASE_URL: 'mysql://db', PURSER_IDEMPOTENCY_DAYS: '0' });
    expect(faults.map((fault) => fault.variable)).toEqual(['HOST', 'PORT', 'DATABASE_URL', 'PURSER_IDEMPOTENCY_DAYS']);
    for (const { variable, example } of faults) expect(example).toMatch(new RegExp(`^${variable}=.`));
    expect(new ConfigError(faults).message).toContain(
      "PORT is '3000x' but must be a whole number from 0 to 65535, e.g. PORT=3000",
    );
  });

  it.each(['65536', '-1', '1.5', '1e3', '0x10'])('refuses PORT=%s', (PORT) => {
    expect(faultsOf({ PORT })).toHaveLength(1);
  });

  it.each([
    ['PURSER_TRUSTED_PROXIES', 'proxy.example.com'],
    ['PURSER_TRUSTED_PROXIES', '10.0.0.1, 10.0.0.0/33'],
    ['PURSER_TRUSTED_PROXIES', '10.0.0.0/'],
    ['PURSER_TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['PURSER_TRUSTED_PROXIES', 'fd00::/129'],
    ['PURSER_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['PURSER_TRUSTED_PROXIES', '::/0'],
    ['STRIPE_SECRET_KEY', 'sk_test_1'],
    ['STRIPE_TEST_SECRET_KEY', 'sk_live_1'],
    ['PURSER_STRIPE_RETURN_URL', 'http://example.com'],
    ['PURSER_STRIPE_API', 'https://stripe.example.com'],
    ['PURSER_OPEN_HOLDS_MAX', '-1'],
    ['PURSER_EXPIRY_NOTICES', '0'],
    ['PURSER_EXPIRY_NOTICES', '366'],
    ['PURSER_EXPIRY_NOTICES', '7,7'],
    ['PURSER_EXPIRY_NOTICES', '7,none'],
    ['PURSER_EXPIRY_NOTICES', ','],
    ['PURSER_EXPIRY_NOTICES', '1,2,3,4,5,6,7,8,9,10,11'],
    ['PURSER_RATE_LIMIT', '-1'],
    ['PURSER_RATE_LIMIT', '10/s'],
    ['REDIS_URL', 'http://cache'],
    ['REDIS_URL', 'cache:6379'],
    ['PURSER_DRAIN_SECONDS', '301'],
    ['PURSER_LOG_LEVEL', 'verbose'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%'],
  ])('refuses %s=%s', (variable, text) => {
    expect(faultsOf({ [variable]: text }).map((fault) => fault.variable)).toEqual([variable]);
  });

  it('gives examples that are accepted', () => {
    const faulty = {
      PURSER_TRUSTED_PROXIES: 'x',
      PURSER_OPEN_HOLDS_MAX: 'x',
      PURSER_EXPIRY_NOTICES: 'x',
      PURSER_RATE_LIMIT: 'x',
      REDIS_URL: 'x',
      PURSER_DRAIN_SECONDS: 'x',
      PURSER_LOG_LEVEL: 'x',
    };
    for (const { example } of faultsOf(faulty)) {
      const [variable = '', text = ''] = example.split(/=(.*)/s);
      expect(faultsOf({ [variable]: text })).toEqual([]);
    }
  });

  it.each(['short', 'with a space in the middle of it', 'umlauts-äöü-umlauts-äöü-umlauts'])(
    'refuses the admin key "%s" without repeating it',
    (key) => {
      const [fault] = faultsOf({ PURSER_ADMIN_KEY: key });
      expect(fault?.variable).toBe('PURSER_ADMIN_KEY');
      expect(JSON.stringify(fault)).not.toContain(key);
    },
  );

  it.each(['short', Buffer.alloc(31).toString('base64'), `${Buffer.alloc(32).toString('base64')},`, 'x'.repeat(44)])(
    'refuses the secrets key "%s" without repeating it',
    (key) => {
      const [fault] = faultsOf({ PURSER_SECRETS_KEY: key });
      expect(fault?.variable).toBe('PURSER_SECRETS_KEY');
      expect(JSON.stringify(fault)).not.toContain(key);
    },
  );

  it.each(['yes', '1', 'TRUE'])('refuses PURSER_WEBHOOKS_ALLOW_LOOPBACK=%s', (PURSER_WEBHOOKS_ALLOW_LOOPBACK) => {
    expect(faultsOf({ PURSER_WEBHOOKS_ALLOW_LOOPBACK })).toHaveLength(1);
  });

  it('takes "none" for no notices of expiries at all', () => {
    expect(readConfig({ PURSER_EXPIRY_NOTICES: 'none' }).expiryNoticeDays).toEqual([]);
  });

  it.each(['65536', '-1', 'any'])('refuses PURSER_WORKER_PORT=%s', (PURSER_WORKER_PORT) => {
    expect(faultsOf({ PURSER_WORKER_PORT })).toHaveLength(1);
  });

  it('does not repeat the password of a faulty DATABASE_URL', () => {
    expect(JSON.stringify(faultsOf({ DATABASE_URL: 'http://purser:hunter2@db' }))).not.toContain('hunter2');
  });

  it('does not repeat the password of a faulty REDIS_URL', () => {
    expect(JSON.stringify(faultsOf({ REDIS_URL: 'http://:hunter2@cache' }))).not.toContain('hunter2');
  });

  it('refuses one key for both environments', () => {
    const key = 'the-same-key-for-both-of-them';
    expect(faultsOf({ PURSER_ADMIN_KEY: key, PURSER_TEST_ADMIN_KEY: key })).toEqual([
      expect.objectContaining({ variable: 'PURSER_TEST_ADMIN_KEY' }),
    ]);
  });
});

describe('readSharedConfig', () => {
  it('needs DATABASE_URL, and says so together with all other faults', () => {
    expect(() => readSharedConfig({ PORT: 'x' })).toThrow(
      /PORT is 'x'.*\n {2}DATABASE_URL must be set, .*e\.g\. DATABASE_URL=postgres:\/\//s,
    );
  });

  it('names a faulty DATABASE_URL once', () => {
    expect(() => readSharedConfig({ DATABASE_URL: 'mysql://db' })).toThrow(
      /^An environment variable is wrong:\n {2}DATABASE_URL must be a URL that begins with postgres:/,
    );
  });

  it('is otherwise the same', () => {
    const env = { DATABASE_URL: 'postgres://db.example.com/purser', PORT: '8080' };
    expect(readSharedConfig(env)).toEqual(readConfig(env));
  });
});
