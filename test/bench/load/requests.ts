import { accountKey, newOwnedUuid, publicId } from '#ledger';
import { randomBytes } from 'node:crypto';
import { userName, USERS } from '../budgets.ts';
import type { Share } from './shares.ts';
import { requestWriter, type WriteRequest } from './write-request.ts';

export const BATCH_ITEMS = 100;
export const LARGE_BATCH_ITEMS = 1_000;

/** A client's spending: some usage and a tag, as a real one would send. */
const SPENDING = '"amount":"0.5","usage":{"event":"chat.completed","model":"gpt-x"},"tags":{"feature":"chat"}';
/** A run must not be measured while the holds it has left open lapse. */
const LASTING = '"expires_in":7200';
const HOUR_MS = 60 * 60 * 1000;

/** Writes requests as they go over the wire, each with an Idempotency-Key of its own. */
export class Requests {
  readonly #write: WriteRequest;
  readonly #pick: () => string;
  readonly #keys: string;
  #made = 0;

  constructor({ url, pick }: Share, adminKey: string) {
    this.#write = requestWriter(url, adminKey);
    this.#pick = pick;
    const chance = randomBytes(10).toString('hex');
    this.#keys = `${chance.slice(0, 8)}-${chance.slice(8, 12)}-4${chance.slice(12, 15)}-8${chance.slice(15, 18)}-`;
  }

  authorize(): string {
    return this.#post('/v1/authorizations', this.#hold());
  }

  /** For any of them, by chance. */
  authorizeUser(): string {
    const user = userName(Math.floor(Math.random() * USERS));
    const amount = '"amount":"0.5","usage":{"event":"chat.completed","model":"gpt-x"}';
    return this.#post(
      '/v1/authorizations',
      `{"account":"${this.#pick()}",${amount},"tags":{"feature":"chat","user":"${user}"},${LASTING}}`,
    );
  }

  authorizeUsage(): string {
    const usage = '"usage":{"event":"chat.completed","model":"gpt-x","input_tokens":1200},"max_output_tokens":800';
    return this.#post(
      '/v1/authorizations',
      `{"account":"${this.#pick()}",${usage},"tags":{"feature":"chat"},${LASTING}}`,
    );
  }

  commitUsage(authorization: string): string {
    const tokens = '"input_tokens":1180,"cache_read_tokens":1024,"output_tokens":350';
    return this.#post(
      `/v1/authorizations/${authorization}/commit`,
      `{"usage":{"event":"chat.completed","model":"gpt-x",${tokens}}}`,
    );
  }

  /** A hold that can be committed part by part, or extended, for as long as a run takes. */
  authorizeMuch(): string {
    return this.#post('/v1/authorizations', `{"account":"${this.#pick()}","amount":"1000000",${LASTING}}`);
  }

  authorizeBatch(items: number): string {
    return this.#post(
      '/v1/authorizations/batch',
      `{"items":[${Array.from({ length: items }, () => this.#hold()).join(',')}]}`,
    );
  }

  charge(): string {
    return this.#post('/v1/charges', `{"account":"${this.#pick()}",${SPENDING}}`);
  }

  /** @param authorization its id, here and below */
  commit(authorization: string, amount = '0.25'): string {
    return this.#post(`/v1/authorizations/${authorization}/commit`, `{"amount":"${amount}"}`);
  }

  commitPart(authorization: string): string {
    return this.#post(`/v1/authorizations/${authorization}/commit`, '{"amount":"0.01","final":false}');
  }

  /** Commits what its account could have authorized within the last hour, and hasn't. */
  commitUnknown(): string {
    const owner = accountKey('live', this.#pick());
    const id = newOwnedUuid(Date.now() - Math.floor(Math.random() * HOUR_MS), owner);
    return this.commit(publicId('authorization', id));
  }

  extend(authorization: string): string {
    return this.#post(`/v1/authorizations/${authorization}/extend`, `{"amount":"0.01",${LASTING}}`);
  }

  refund(authorization: string): string {
    return this.#post(`/v1/authorizations/${authorization}/refund`, '{"amount":"0.1"}');
  }

  grant(): string {
    return this.#post(`/v1/accounts/${this.#pick()}/grants`, '{"amount":"1"}');
  }

  #hold(): string {
    return `{"account":"${this.#pick()}",${SPENDING},${LASTING}}`;
  }

  #post(path: string, body: string): string {
    this.#made += 1;
    return this.#write(path, body, this.#keys + this.#made.toString(16).padStart(12, '0'));
  }
}
