import { randomBytes } from 'node:crypto';
import { accountNames, type AccountSet } from '../accounts.ts';
import type { Clients } from './load.ts';

export const BATCH_ITEMS = 100;

/** A client's spending: some usage and a tag, as a real one would send. */
const SPENDING = '"amount":"0.5","usage":{"event":"chat.completed","model":"gpt-x"},"tags":{"feature":"chat"}';
/** A run must not be measured while the holds it has left open lapse. */
const HOLD = `${SPENDING},"expires_in":7200`;

/** Writes requests as they go over the wire, each with an Idempotency-Key of its own. */
export class Requests {
  readonly #head: string;
  /** A body for each account. */
  readonly #holds: readonly string[];
  readonly #charges: readonly string[];
  readonly #keys: string;
  #made = 0;

  constructor({ urls: [url = ''], adminKey }: Clients, accounts: AccountSet) {
    this.#head = `Host: ${new URL(url).host}\r\nAuthorization: Bearer ${adminKey}\r\nContent-Type: application/json\r\n`;
    this.#holds = accountNames(accounts).map((account) => `{"account":"${account}",${HOLD}}`);
    this.#charges = accountNames(accounts).map((account) => `{"account":"${account}",${SPENDING}}`);
    const chance = randomBytes(10).toString('hex');
    this.#keys = `${chance.slice(0, 8)}-${chance.slice(8, 12)}-4${chance.slice(12, 15)}-8${chance.slice(15, 18)}-`;
  }

  authorize(): string {
    return this.#post('/v1/authorizations', oneOf(this.#holds));
  }

  /** @param authorization its id. */
  commit(authorization: string): string {
    return this.#post(`/v1/authorizations/${authorization}/commit`, '{"amount":"0.25"}');
  }

  authorizeBatch(): string {
    const items = Array.from({ length: BATCH_ITEMS }, () => oneOf(this.#holds));
    return this.#post('/v1/authorizations/batch', `{"items":[${items.join(',')}]}`);
  }

  charge(): string {
    return this.#post('/v1/charges', oneOf(this.#charges));
  }

  /** Everything in it is ASCII, so its length is its size. */
  #post(path: string, body: string): string {
    this.#made += 1;
    const key = this.#keys + this.#made.toString(16).padStart(12, '0');
    return (
      `POST ${path} HTTP/1.1\r\n${this.#head}Idempotency-Key: ${key}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`
    );
  }
}

function oneOf(bodies: readonly string[]): string {
  const body = bodies[Math.floor(Math.random() * bodies.length)];
  if (body === undefined) throw new Error('a load needs an account');
  return body;
}
