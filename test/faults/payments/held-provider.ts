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

/** Stands between a worker and its provider, and can hold a call. */
export class HeldProvider {
  #next: { readonly at: HoldingPoint; readonly reach: (decide: (goesOn: boolean) => void) => void } | null = null;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(providerUrl: string): Promise<HeldProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const held = new HeldProvider(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      held.#forward(providerUrl, incoming, response).catch(() => response.destroy());
    });
    return held;
  }

  /** Holds the next call that would change something. */
  holdNext(at: HoldingPoint): HeldCall {
    let decide: (goesOn: boolean) => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      this.#next = {
        at,
        reach: (given) => {
          decide = given;
          resolve();
        },
      };
    });
    return { reached, release: () => decide(true), drop: () => decide(false) };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #forward(providerUrl: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const held = incoming.method === 'POST' ? this.#next : null;
    if (held) this.#next = null;
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
