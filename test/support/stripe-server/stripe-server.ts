import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Idempotency, type Answer } from './idempotency.ts';
import { readRequest } from './operations.ts';
import { StripeBooks } from './stripe-books.ts';
import { ApiError, invalidRequest } from './stripe-error.ts';

/** The version of the API that is spoken here. */
const API_VERSION = '2026-10-28.endive';

/** What goes wrong with a request that changes something. */
export interface Fault {
  readonly does: 'drop' | 'fail' | 'limit' | 'delay';
  /** Before anything is done, or after, when only the answer is lost. */
  readonly when: 'before' | 'after';
  readonly times: number;
  readonly delayMs?: number;
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

/**
 * The part of Stripe's API that Purser uses, on loopback, for the real SDK to talk to. It is strict where Stripe is: about keys,
 * the version, how forms are written, unknown parameters, and idempotency keys.
 */
export class StripeServer {
  /** Keys by which requests are made. */
  readonly keys = { live: 'sk_live_purser', test: 'sk_test_purser' };
  readonly books = { live: new StripeBooks(true), test: new StripeBooks(false) };
  /** Everything that happened, oldest first. */
  readonly events: Event[] = [];
  /** Where each event is sent at once, and the secret that signs it; null: nowhere. */
  webhook: { readonly url: string; readonly secret: string } | null = null;
  readonly #idempotency = { live: new Idempotency(), test: new Idempotency() };
  readonly #sending = new Set<Promise<void>>();
  #fault: Fault | null = null;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {
    this.books.live.onEvent = (type, object) => this.#happened(type, object, true);
    this.books.test.onEvent = (type, object) => this.#happened(type, object, false);
  }

  static async start(): Promise<StripeServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stripe = new StripeServer(server, `http://127.0.0.1:${String(port)}`);
    server.on('request', (request, response) => void stripe.#take(request, response));
    return stripe;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#sending);
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  /** Has something go wrong with the next requests that change something. */
  fail(fault: Fault): void {
    this.#fault = fault;
  }

  /** Forgets idempotency keys, as Stripe does after a day. */
  forgetKeys(): void {
    this.#idempotency.live.forget();
    this.#idempotency.test.forget();
  }

  /** How often money was taken for a purchase. */
  charges(purchase: string): number {
    const all = [...this.books.live.charges, ...this.books.test.charges];
    return all.filter(({ metadata }) => metadata['purchase'] === purchase).length;
  }

  /** Sends an event, once more where it has been sent. @returns the status of the answer */
  async send(event: Event, { url, secret }: { readonly url: string; readonly secret: string }): Promise<number> {
    if (new URL(url).hostname !== '127.0.0.1') throw new Error(`${url} isn't on this machine`);
    const headers = { 'content-type': 'application/json', 'stripe-signature': signatureOf(event.body, secret) };
    const { status } = await fetch(url, { method: 'POST', headers, body: event.body });
    return status;
  }

  #happened(type: string, object: object, livemode: boolean): void {
    const id = `evt_${randomBytes(12).toString('hex')}`;
    const body = {
      id,
      object: 'event',
      api_version: API_VERSION,
      created: seconds(),
      livemode,
      type,
      data: { object },
    };
    const event = { id, type, body: JSON.stringify(body) };
    this.events.push(event);
    if (this.webhook === null) return;
    const sending = this.send(event, this.webhook).then(
      () => undefined,
      () => undefined,
    );
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const { answer, isReplay } = await this.#answer(request, Buffer.concat(chunks).toString());
      respond(response, answer, isReplay);
    } catch (error) {
      if (error instanceof Dropped) request.socket.destroy();
      else if (error instanceof ApiError)
        respond(response, { status: error.status, body: { error: error.body } }, false);
      else respond(response, { status: 500, body: { error: { type: 'api_error', message: String(error) } } }, false);
    }
  }

  async #answer(request: IncomingMessage, body: string) {
    const mode = this.#modeOf(request);
    const version = request.headers['stripe-version'];
    if (version !== API_VERSION) throw invalidRequest(`Invalid Stripe API version: ${String(version)}`);
    const { pathname, search } = new URL(request.url ?? '', this.url);
    const method = request.method ?? '';
    if (method !== 'POST') {
      return { answer: readRequest(this.books[mode], method, pathname, search).run(), isReplay: false };
    }
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') {
      throw invalidRequest('Requests are made with form encoding.');
    }
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '' || key.length > 255)
      throw invalidRequest('An idempotency key has 1 to 255 characters.');
    const fault = this.#nextFault();
    await occur(fault, 'before');
    const params = [...new URLSearchParams(body)].map(String).sort().join('&');
    const done = await this.#idempotency[mode].once(key, `${pathname} ${params}`, async () => {
      const operation = readRequest(this.books[mode], method, pathname, body);
      // Time enough for another request with the same key to arrive.
      await sleep(5);
      const answer = structuredClone(operation.run());
      return fault?.does === 'fail' && fault.when === 'after' ? { status: 500, body: SERVER_ERROR } : answer;
    });
    await occur(fault, 'after');
    return done;
  }

  #modeOf({ headers }: IncomingMessage): 'live' | 'test' {
    const given = headers.authorization;
    if (given === `Bearer ${this.keys.live}`) return 'live';
    if (given === `Bearer ${this.keys.test}`) return 'test';
    throw invalidRequest('Invalid API Key provided', {}, 401);
  }

  #nextFault(): Fault | null {
    const fault = this.#fault;
    if (fault !== null) this.#fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : null;
    return fault;
  }
}

const SERVER_ERROR = { error: { type: 'api_error', message: 'An unknown error occurred' } };

class Dropped extends Error {}

async function occur(fault: Fault | null, when: Fault['when']): Promise<void> {
  if (fault?.when !== when) return;
  if (fault.does === 'drop') throw new Dropped();
  if (fault.does === 'delay') await sleep(fault.delayMs ?? 100);
  if (fault.does === 'limit') {
    throw new ApiError(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' });
  }
  if (fault.does === 'fail' && when === 'before') throw new ApiError(500, SERVER_ERROR.error);
}

function respond(response: ServerResponse, { status, body }: Answer, isReplay: boolean): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': `req_${randomBytes(7).toString('hex')}`,
    'stripe-version': API_VERSION,
    ...(isReplay ? { 'idempotent-replayed': 'true' } : {}),
  });
  response.end(JSON.stringify(body));
}

function signatureOf(body: string, secret: string): string {
  const timestamp = seconds();
  const signature = createHmac('sha256', secret)
    .update(`${String(timestamp)}.${body}`)
    .digest('hex');
  return `t=${String(timestamp)},v1=${signature}`;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
