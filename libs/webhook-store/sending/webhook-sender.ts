import {
  isLoopback,
  parseRetryAfter,
  signedHeaders,
  webhookUrlFault,
  type SignedMessage,
  type UrlRules,
} from '#webhooks';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { publicLookup } from './public-lookup.ts';
import { resolveHost, type ResolveHost } from './resolve-host.ts';
import { whatFailed } from './what-failed.ts';

/** What came of sending a message. */
export interface Sent {
  /** Of the answer; `null` where there was none. */
  readonly statusCode: number | null;
  /** Why there was none, for the owner of the endpoint. */
  readonly error: string | null;
  /** The beginning of the answer's body. */
  readonly response: string;
  readonly retryAfterMs: number | null;
  readonly durationMs: number;
}

export interface SenderOptions {
  /** Lets plain HTTP to 127.0.0.1 pass: for development and tests. */
  readonly allowLoopback: boolean;
  readonly resolve?: ResolveHost;
  /** From the look-up of the host to the end of the answer's head. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const RESPONSE_BYTES_MAX = 1024;
/** The head of an answer says whether the message was taken. Its body is only shown, so it isn't waited for any longer. */
const RESPONSE_MS_MAX = 500;

/**
 * Sends messages to endpoints that anybody may have named. Addresses are checked while connecting, so nothing can change
 * between the check and the connection; redirects aren't followed; of an answer little is read. A connection serves one
 * message: one that is used again may turn out to be closed after the message was sent, and nobody would know whether it
 * arrived.
 */
export class WebhookSender {
  private readonly rules: UrlRules;
  private readonly timeoutMs: number;
  private readonly publicAgent: RequestFilteringHttpsAgent;
  private readonly loopbackAgent = new HttpAgent({ keepAlive: false });

  constructor({ allowLoopback, resolve = resolveHost, timeoutMs = TIMEOUT_MS }: SenderOptions) {
    this.rules = { allowLoopback };
    this.timeoutMs = timeoutMs;
    this.publicAgent = new RequestFilteringHttpsAgent({ keepAlive: false, lookup: publicLookup(resolve) });
  }

  /** Never throws for what the other side does, or where it is. */
  async send(url: string, message: SignedMessage, secrets: readonly string[]): Promise<Sent> {
    const startedAt = performance.now();
    const took = (): number => Math.round(performance.now() - startedAt);
    const nothing = { statusCode: null, response: '', retryAfterMs: null };
    // Rules may have become stricter since the endpoint was made.
    const fault = webhookUrlFault(url, this.rules);
    if (fault !== null) return { ...nothing, error: `The URL ${fault}.`, durationMs: took() };
    try {
      const answer = await this.post(new URL(url), message, signedHeaders(message, secrets));
      return { ...answer, error: null, durationMs: took() };
    } catch (error) {
      return { ...nothing, error: whatFailed(error, this.timeoutMs), durationMs: took() };
    }
  }

  private post(url: URL, { body }: SignedMessage, signature: Readonly<Record<string, string>>) {
    return new Promise<Omit<Sent, 'error' | 'durationMs'>>((resolve, reject) => {
      const request = this.open(url, {
        ...signature,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'Purser-Webhooks',
      });
      request.on('error', reject);
      // An answer that changes the protocol is no response to Node, and no error either: it closes the connection, and that
      // is all. Nothing else would ever end this attempt.
      const closed = (): void => {
        reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' }));
      };
      request.on('close', closed);
      request.on('response', (response) => {
        // It has been answered: whatever breaks from now on, the status counts.
        request.off('close', closed);
        request.off('error', reject).on('error', () => undefined);
        readBeginning(response, (text) => {
          request.destroy();
          const retryAfterMs = parseRetryAfter(response.headers['retry-after'], Date.now());
          resolve({ statusCode: response.statusCode ?? null, response: text, retryAfterMs });
        });
      });
      request.end(body);
    });
  }

  private open(url: URL, headers: Readonly<Record<string, string>>): ClientRequest {
    const options = { method: 'POST', headers, signal: AbortSignal.timeout(this.timeoutMs) };
    return isLoopback(url, this.rules)
      ? httpRequest(url, { ...options, agent: this.loopbackAgent })
      : httpsRequest(url, { ...options, agent: this.publicAgent });
  }
}

/** Reads the beginning of a body, or what there is of it where it breaks off. */
function readBeginning(response: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    const text = Buffer.concat(chunks).subarray(0, RESPONSE_BYTES_MAX).toString('utf8');
    // Postgres doesn't keep this character.
    done(text.replaceAll('\0', '\u{fffd}'));
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= RESPONSE_BYTES_MAX) response.destroy();
  });
  const timer = setTimeout(() => response.destroy(), RESPONSE_MS_MAX);
  response.on('error', () => undefined);
  response.on('close', () => {
    clearTimeout(timer);
    finish();
  });
}
