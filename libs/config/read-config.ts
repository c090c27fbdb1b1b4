import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { VariableReader } from './variable-reader.ts';

/** Everything an operator can set. */
export interface Config {
  /**
   * HOST: the address to listen on. The default is loopback, because what is started by hand on a laptop should not be
   * open to its network, and API keys would travel there unencrypted. In a container set 0.0.0.0, behind a TLS proxy.
   */
  readonly host: string;
  /** PORT: the port to listen on; 0 takes any free one. */
  readonly port: number;
  /** DATABASE_URL: the Postgres to use; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** PURSER_DATA_DIR: the absolute path of the folder that holds the embedded Postgres. */
  readonly dataDir: string;
  /** PURSER_ADMIN_KEY and PURSER_TEST_ADMIN_KEY: the first admin key of each environment; made at first start if absent. */
  readonly adminKeys: { readonly live?: string; readonly test?: string };
  /** PURSER_IDEMPOTENCY_DAYS: how long the keys of authorizations, commits and charges are remembered, in days. */
  readonly idempotencyDays: number;
  readonly webhooks: WebhookConfig;
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

/**
 * Reads and checks the environment; the only place that does.
 * @throws ConfigError naming every faulty variable at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const variables = new VariableReader(env);
  const config: Config = {
    host: variables.text('HOST', { example: '0.0.0.0', problem: hostProblem }) ?? '127.0.0.1',
    port: variables.wholeNumber('PORT', { min: 0, max: 65_535, fallback: 3000 }),
    databaseUrl:
      variables.text('DATABASE_URL', {
        example: 'postgres://purser:secret@db.example.com:5432/purser',
        problem: databaseUrlProblem,
      }) ?? null,
    dataDir: resolve(env['PURSER_DATA_DIR']?.trim() || '.purser'),
    adminKeys: readAdminKeys(variables),
    idempotencyDays: variables.wholeNumber('PURSER_IDEMPOTENCY_DAYS', { min: 1, max: 3650, fallback: 7 }),
    webhooks: readWebhooks(variables),
  };
  variables.throwFaults();
  return config;
}

function readAdminKeys(variables: VariableReader): Config['adminKeys'] {
  const rule = { example: '"$(openssl rand -hex 24)"', problem: adminKeyProblem };
  const live = variables.text('PURSER_ADMIN_KEY', rule);
  const test = variables.text('PURSER_TEST_ADMIN_KEY', rule);
  // A key decides the environment a request acts in, so one key can't stand for two.
  if (live !== undefined && live === test) {
    variables.fault('PURSER_TEST_ADMIN_KEY', 'must not be the same as PURSER_ADMIN_KEY', rule.example);
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

function databaseUrlProblem(text: string): string | null {
  const isPostgres = URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
  return isPostgres ? null : 'must be a URL that begins with postgres://';
}

function adminKeyProblem(text: string): string | null {
  return /^[\x21-\x7e]{24,}$/.test(text) ? null : 'must be 24 or more printable ASCII characters without spaces';
}
