import type { HttpAnswer, HttpConnection } from './http-connection.ts';
import type { Tally } from './tally.ts';

/** Sends requests over one connection, one after the other, and counts the answers. */
export class Client {
  readonly #connection: HttpConnection;
  readonly #tally: Tally;
  readonly #mayBeRefused: boolean;

  constructor(connection: HttpConnection, tally: Tally, mayBeRefused: boolean) {
    this.#connection = connection;
    this.#tally = tally;
    this.#mayBeRefused = mayBeRefused;
  }

  /**
   * @param from when the request's time begins to count
   * @param expected how it may be answered, like `201` or `402 credits_held`
   * @returns the answer; `null` where the service had no room for the request
   * @throws Error on any other answer
   */
  async ask(request: string, from: number, ...expected: readonly string[]): Promise<HttpAnswer | null> {
    const answer = await this.#connection.send(request);
    const kind = kindOf(answer);
    if (expected.includes(kind)) {
      this.#tally.answered(from, kind);
      return answer;
    }
    if (!this.#mayBeRefused || !isRefusal(answer)) throw unexpected(request, answer);
    this.#tally.refused(from, kind);
    return null;
  }
}

/** Sends a request that prepares a load. @throws Error unless it succeeds. */
export async function succeed(connection: HttpConnection, request: string): Promise<HttpAnswer> {
  const answer = await connection.send(request);
  if (answer.status !== 200 && answer.status !== 201) throw unexpected(request, answer);
  return answer;
}

/** The status, with the code of the problem where there is one. */
function kindOf({ status, body }: HttpAnswer): string {
  if (status < 300) return String(status);
  const [, code] = /"code":"(\w+)"/.exec(body) ?? [];
  return code === undefined ? String(status) : `${status} ${code}`;
}

function isRefusal({ status, head }: HttpAnswer): boolean {
  return status === 503 && /\r\nretry-after: \d+/i.test(head);
}

const SHOWN = 2_000;

function unexpected(request: string, { head, body }: HttpAnswer): Error {
  return new Error(
    `A request was answered unexpectedly:\n${request.slice(0, SHOWN)}\n\n${head}${body.slice(0, SHOWN)}`,
  );
}
