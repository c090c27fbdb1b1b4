import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

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
      databaseUrl: null,
      dataDir: resolve('.purser'),
      adminKeys: {},
      idempotencyDays: 7,
      webhooks: { secretsKeys: [], allowLoopback: false },
    });
  });

  it('reads every variable', () => {
    const env = {
      HOST: '::',
      PORT: '0',
      DATABASE_URL: 'postgresql://purser:secret@db.example.com/purser',
      PURSER_DATA_DIR: '/var/lib/purser',
      PURSER_ADMIN_KEY: 'live-key-live-key-live-key',
      PURSER_TEST_ADMIN_KEY: 'test-key-test-key-test-key',
      PURSER_IDEMPOTENCY_DAYS: '30',
      PURSER_SECRETS_KEY: `${Buffer.alloc(32, 1).toString('base64')}, ${Buffer.alloc(32, 2).toString('base64')}`,
      PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
    };
    expect(readConfig(env)).toEqual({
      host: '::',
      port: 0,
      databaseUrl: env.DATABASE_URL,
      dataDir: '/var/lib/purser',
      adminKeys: { live: env.PURSER_ADMIN_KEY, test: env.PURSER_TEST_ADMIN_KEY },
      idempotencyDays: 30,
      webhooks: { secretsKeys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], allowLoopback: true },
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
    expect(new ConfigError(faults).message).toContain(
      "PORT is '3000x' but must be a whole number from 0 to 65535, e.g. PORT=3000",
    );
  });

  it.each(['65536', '-1', '1.5', '1e3', '0x10'])('refuses PORT=%s', (PORT) => {
    expect(faultsOf({ PORT })).toHaveLength(1);
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

  it('does not repeat the password of a faulty DATABASE_URL', () => {
    expect(JSON.stringify(faultsOf({ DATABASE_URL: 'http://purser:hunter2@db' }))).not.toContain('hunter2');
  });

  it('refuses one key for both environments', () => {
    const key = 'the-same-key-for-both-of-them';
    expect(faultsOf({ PURSER_ADMIN_KEY: key, PURSER_TEST_ADMIN_KEY: key })).toEqual([
      expect.objectContaining({ variable: 'PURSER_TEST_ADMIN_KEY' }),
    ]);
  });
});
