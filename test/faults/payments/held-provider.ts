import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Where a call is held: before the provider gets it, or when it has done what was asked and its answer is on the way back. */
export type HoldingPoint = 'request' | 'answer';

/** A call that is held. */
export interface HeldCall {
  /** Resolves when there is one. */
  readonly reached: Promise<void>;
  release(): void;
  /** Closes its connection. */
  drop(): void;
}

interface Hold {
  readonly at: HoldingPoint;
  readonly reach: (decide: (goesOn: boolean) => void) => void;
}

/** Stands between workers and their provider, and can hold calls. */
export class HeldProvider {
  /** Whether it closes every connection that it gets a call on. */
  isAway = false;
  /** The idempotency keys of all calls, and when each arrived, in milliseconds since 1970. */
  readonly calls: { readonly key: string; readonly at: number }[] = [];
  /** The most calls that there were at once. */
  mostAtOnce = 0;
  #atOnce = 0;
  /** By the idempotency key of the call. */
  readonly #holds = new Map<string, Hold>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(providerUrl: string): Promise<HeldProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const held = new HeldProvider(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      held.mostAtOnce = Math.max(held.mostAtOnce, ++held.#atOnce);
      response.once('close', () => held.#atOnce--);
      held.#forward(providerUrl, incoming, response).catch(() => response.destroy());
    });
    return held;
  }

  /** Holds the next call with this idempotency key. */
  hold(key: string, at: HoldingPoint): HeldCall {
    let decide: (goesOn: boolean) => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      this.#holds.set(key, {
        at,
        reach: (given) => {
          decide = given;
          resolve();
        },
      });
    });
    return { reached, release: () => decide(true), drop: () => decide(false) };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #forward(providerUrl: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const key = String(incoming.headers['idempotency-key']);
    this.calls.push({ key, at: Date.now() });
    if (this.isAway) return void response.destroy();
    const held = this.#holds.get(key);
    this.#holds.delete(key);
    if (held?.at === 'request' && !(await decided(held.reach))) return void response.destroy();
    const { status, headers, answer } = await call(new URL(incoming.url ?? '/', providerUrl), incoming, body);
    if (held?.at === 'answer' && !(await decided(held.reach))) return void response.destroy();
    response.writeHead(status, headers).end(answer);
  }
}

function decided(reach: (decide: (goesOn: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    reach(resolve);
  });
}

async function call(url: URL, { method, headers }: IncomingMessage, body: Buffer) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method, headers: { ...headers, host: url.host } }, resolve)
      .once('error', reject)
      .end(body);
  });
  return { status: answer.statusCode ?? 502, headers: answer.headers, answer: await buffer(answer) };
}
