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
    databaseUrl: databaseUrl(variables),
    dataDir: resolve(env['PURSER_DATA_DIR']?.trim() || '.purser'),
    adminKeys: readAdminKeys(variables),
    idempotencyDays: variables.wholeNumber('PURSER_IDEMPOTENCY_DAYS', { min: 1, max: 3650, fallback: 7 }),
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
