import type { HttpAnswer, HttpConnection } from './http-connection.ts';
import type { Load } from './load.ts';
import { BATCH_ITEMS, type Requests } from './requests.ts';
import type { Tally } from './tally.ts';

/** Does a work once. @throws Error on any answer but an expected one. */
export type Perform = (connection: HttpConnection, startedAt: number) => Promise<void>;

/** The way a client does its work. The first request counts from when it was due, the next from when it is sent. */
export function performOf({ work, pace }: Load, requests: Requests, tally: Tally): Perform {
  const client = new Client(tally, pace !== 'closed' && pace.kind === 'overload');
  switch (work) {
    case 'authorize':
      return async (connection, from) => {
        const authorized = await client.ask(connection, requests.authorize(), { expected: 201, from });
        if (authorized !== null) tally.decided(1);
      };
    case 'charge':
      return async (connection, from) => {
        const charged = await client.ask(connection, requests.charge(), { expected: 201, from });
        if (charged !== null) tally.decided(1);
      };
    case 'batch':
      return async (connection, from) => {
        const authorized = await client.ask(connection, requests.authorizeBatch(), { expected: 201, from });
        if (authorized !== null) tally.decided(BATCH_ITEMS);
      };
    case 'pair':
      return async (connection, from) => {
        const authorized = await client.ask(connection, requests.authorize(), { expected: 201, from });
        if (authorized === null) return;
        const commit = requests.commit(idOf(authorized));
        const committed = await client.ask(connection, commit, { expected: 200, from: performance.now() });
        if (committed !== null) tally.decided(1);
      };
  }
}

class Client {
  readonly #tally: Tally;
  readonly #mayBeRefused: boolean;

  constructor(tally: Tally, mayBeRefused: boolean) {
    this.#tally = tally;
    this.#mayBeRefused = mayBeRefused;
  }

  /** @returns the body; `null` where the service had no room for the request. */
  async ask(
    connection: HttpConnection,
    request: string,
    { expected, from }: { expected: number; from: number },
  ): Promise<string | null> {
    const answer = await connection.send(request);
    if (answer.status === expected) {
      this.#tally.answered(from);
      return answer.body;
    }
    if (!this.#mayBeRefused || !isRefusal(answer)) {
      throw new Error(`A request was answered unexpectedly:\n${request}\n\n${answer.head}${answer.body}`);
    }
    this.#tally.refused(from);
    return null;
  }
}

function isRefusal({ status, head }: HttpAnswer): boolean {
  return status === 503 && /\r\nretry-after: \d+/i.test(head);
}

/** The answer begins with it. Reading all of it as JSON would cost the generator time that the service could use. */
function idOf(authorization: string): string {
  const [, id] = /^\{"id":"(\w+)"/.exec(authorization) ?? [];
  if (id === undefined) throw new Error(`An authorization has no id: ${authorization}`);
  return id;
}
