import type { JsonObject } from '#amounts';
import { request } from 'undici';
import { describeProblem } from '../replay/ledger-client.ts';
import { StartError } from '../start/start-error.ts';

export interface ListedCard {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly purpose: string;
  readonly version: number;
  readonly effective_at: string;
  readonly archived_at: string | null;
}

export interface Card extends ListedCard {
  readonly prices: readonly JsonObject[];
}

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

/** The rate cards of a service. Every method throws StartError with the service's own words where it refuses. */
export class RateCardClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url.replace(/\/$/, '');
    this.#key = key;
  }

  async list(): Promise<readonly ListedCard[]> {
    const cards: ListedCard[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<ListedCard> = await this.#send('GET', `/v1/rate-cards?limit=100${query}`);
      cards.push(...page.data);
      cursor = page.next_cursor;
    }
    return cards;
  }

  /** With the prices of its newest version, which may take effect later. */
  async newest(id: string): Promise<Card> {
    const path = `/v1/rate-cards/${encodeURIComponent(id)}`;
    const [version] = (await this.#send<Page<{ version: number }>>('GET', `${path}/versions?limit=1`)).data;
    return this.#send('GET', version ? `${path}?version=${version.version}` : path);
  }

  create(card: {
    readonly name: string;
    readonly unit: string;
    readonly purpose: string;
    readonly prices: readonly JsonObject[];
  }): Promise<Card> {
    return this.#send('POST', '/v1/rate-cards', card);
  }

  publish(id: string, prices: readonly JsonObject[]): Promise<Card> {
    return this.#send('POST', `/v1/rate-cards/${encodeURIComponent(id)}/versions`, { prices });
  }

  async #send<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.#key}`, ...(body && { 'content-type': 'application/json' }) };
    const sent = request(this.#url + path, { method, headers, body: body ? JSON.stringify(body) : null });
    const response = await sent.catch((error: unknown) => {
      const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
      throw new StartError(`No service answers at ${this.#url} (${reason}). Start one, or give its address by --url.`);
    });
    const text = await response.body.text();
    if (response.statusCode < 300) return JSON.parse(text) as T;
    throw new StartError(
      `${this.#url} refused: ${describeProblem({ ...answerOf(text), status: response.statusCode })}`,
    );
  }
}

function answerOf(text: string): { body: unknown; replayed: false } {
  try {
    return { body: JSON.parse(text), replayed: false };
  } catch {
    return { body: text, replayed: false };
  }
}
