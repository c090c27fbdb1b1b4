import { Agent, type Dispatcher } from 'undici';

/** What the API answered. `text` is the body byte for byte, `body` the JSON in it (`undefined` where it isn't JSON). */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: unknown;
}

export interface SendOptions {
  /** The Idempotency-Key. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawRequest extends SendOptions {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  /** Sent as it is; without a content type unless `headers` give one. */
  readonly payload?: string | Uint8Array;
}

const CONNECTIONS_MAX = 250;
/** Longer than any answer may take, shorter than a test: a request that hangs fails by itself. */
const ANSWER_TIMEOUT_MS = 20_000;

/** Speaks to a running API over its real socket, with one API key, or none. */
export class ApiClient {
  readonly #agent = new Agent({
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });

  constructor(
    readonly url: string,
    private readonly apiKey: string | null,
  ) {}

  get(path: string): Promise<Answer> {
    return this.send({ method: 'GET', path });
  }

  post(path: string, body?: unknown, options: SendOptions = {}): Promise<Answer> {
    return this.#sendJson('POST', path, body, options);
  }

  put(path: string, body?: unknown, options: SendOptions = {}): Promise<Answer> {
    return this.#sendJson('PUT', path, body, options);
  }

  patch(path: string, body: unknown, options: SendOptions = {}): Promise<Answer> {
    return this.#sendJson('PATCH', path, body, options);
  }

  /** Sends exactly what is given, for requests that no sane client makes. */
  async send({ method, path, payload, key, headers = {} }: RawRequest): Promise<Answer> {
    const {
      statusCode,
      headers: answered,
      body,
    } = await this.#agent.request({
      origin: this.url,
      method,
      path,
      headers: {
        ...(this.apiKey === null ? {} : { authorization: `Bearer ${this.apiKey}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await body.text();
    const isJson = /^application\/(?:.*\+)?json\b/.test(flat(answered)['content-type'] ?? '');
    return { status: statusCode, headers: flat(answered), text, body: isJson ? JSON.parse(text) : undefined };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #sendJson(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown, options: SendOptions): Promise<Answer> {
    if (body === undefined) return this.send({ method, path, ...options });
    const headers = { 'content-type': 'application/json', ...options.headers };
    return this.send({ method, path, payload: JSON.stringify(body), ...options, headers });
  }
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
