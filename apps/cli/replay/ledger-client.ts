import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { ReplayError } from './replay-error.ts';

export interface Answer {
  readonly status: number;
  /** The parsed JSON, or the text of an answer that isn't JSON. */
  readonly body: unknown;
  /** The first answer to this key, given again. */
  readonly replayed: boolean;
}

export interface LedgerClientOptions {
  /** Where the service is, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly key: string;
  /** Connections kept open; each carries one request at a time. */
  readonly connections: number;
  /** For how long a request that found no answer is sent again. */
  readonly retrySeconds: number;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
}

interface LedgerRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  readonly idempotencyKey?: string;
}

interface Attempt {
  /** Null where there is none to work with. */
  readonly answer: Answer | null;
  /** Why there is none. */
  readonly reason: string;
  readonly retryAfterMs: number;
}

const longestBackoffMs = 2000;
const answerTimeoutMs = 30_000;

/**
 * Speaks to the service over REST. What may be a passing fault (a broken connection, 429, 503) is tried again with
 * the same idempotency key, so that a request whose answer was lost still happens once.
 */
export class LedgerClient {
  /** Requests sent again so far. */
  retries = 0;
  readonly #options: LedgerClientOptions;
  readonly #pool: Pool;
  readonly #basePath: string;

  constructor(options: LedgerClientOptions) {
    const { origin, pathname } = new URL(options.url);
    const timeouts = { headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs };
    this.#options = options;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#pool = new Pool(origin, { connections: options.connections, pipelining: 1, ...timeouts });
  }

  /**
   * Makes sure, without retrying, that a service answers and takes the key.
   * @throws ReplayError saying what to change
   */
  async check(): Promise<void> {
    const { answer, reason } = await this.#attempt({ method: 'GET', path: '/v1/accounts?limit=1' });
    const { url } = this.#options;
    if (!answer)
      throw new ReplayError(`No service answers at ${url} (${reason}). Start one, or give its address by --url.`);
    if (answer.status === 200) return;
    const problem = describeProblem(answer);
    if (answer.status === 401 || answer.status === 403) {
      throw new ReplayError(
        `${url} refused the key (${problem}). Give one with the scope admin by --key or PURSER_ADMIN_KEY.`,
      );
    }
    throw new ReplayError(`${url} doesn't answer like Purser (${problem}). Check --url.`);
  }

  /** @throws ReplayError if there is no answer in time; another error once the signal is aborted */
  get(path: string): Promise<Answer> {
    return this.#send({ method: 'GET', path });
  }

  /** @throws ReplayError if there is no answer in time; another error once the signal is aborted */
  post(path: string, body: object, idempotencyKey?: string): Promise<Answer> {
    const request = { method: 'POST', path, body: JSON.stringify(body) } as const;
    return this.#send(idempotencyKey === undefined ? request : { ...request, idempotencyKey });
  }

  /** Drops all connections. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #send(request: LedgerRequest): Promise<Answer> {
    const { retrySeconds, signal } = this.#options;
    const deadline = performance.now() + retrySeconds * 1000;
    for (let backoffMs = 50; ; backoffMs = Math.min(2 * backoffMs, longestBackoffMs)) {
      const { answer, reason, retryAfterMs } = await this.#attempt(request);
      if (answer) return answer;
      // Requests that failed together must not come back together.
      const waitMs = Math.max(retryAfterMs, backoffMs * (0.5 + Math.random() / 2));
      if (performance.now() + waitMs > deadline) {
        throw new ReplayError(
          `${request.method} ${request.path} found no answer within ${retrySeconds} s (${reason}). ` +
            `Once the service is back, replay the same run again: nothing happens twice.`,
        );
      }
      this.retries += 1;
      await sleep(waitMs, undefined, { signal });
    }
  }

  async #attempt({ method, path, body, idempotencyKey }: LedgerRequest): Promise<Attempt> {
    const { key, signal } = this.#options;
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
    let response: Dispatcher.ResponseData;
    let text: string;
    try {
      response = await this.#pool.request({ method, path: this.#basePath + path, headers, body: body ?? null, signal });
      text = await response.body.text();
    } catch (error) {
      signal.throwIfAborted();
      return { answer: null, reason: connectionFault(error), retryAfterMs: 0 };
    }
    const replayed = response.headers['idempotency-replayed'] === 'true';
    const answer = { status: response.statusCode, body: parseBody(text), replayed };
    if (answer.status !== 503 && answer.status !== 429) return { answer, reason: '', retryAfterMs: 0 };
    const retryAfterMs = 1000 * Number(response.headers['retry-after'] ?? 0);
    // An answer that names a date instead of seconds is retried as if it named nothing.
    return { answer: null, reason: describeProblem(answer), retryAfterMs: retryAfterMs || 0 };
  }
}

/** A problem in one line: `422 idempotency_key_reused: This key was used for another request.` */
export function describeProblem({ status, body }: Answer): string {
  if (typeof body !== 'object' || body === null) return `${status} ${String(body).slice(0, 200)}`.trim();
  const { code = 'without a code', detail = JSON.stringify(body) } = body as { code?: string; detail?: string };
  return `${status} ${code}: ${detail}`;
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Something between here and the service answered, a proxy's page for instance: it's reported as it came.
    return text;
  }
}

function connectionFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Trying several addresses of one name fails with an error that only has a code.
  return error.message !== '' ? error.message : String((error as NodeJS.ErrnoException).code);
}
