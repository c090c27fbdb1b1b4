import type { Json } from '#amounts';
import { connect, type Pool } from '#database';
import { newUuid, NO_RULES } from '#ledger';
import { RateCardMirror } from '../prices/rate-card-mirror.ts';
import { RateCards } from '../prices/rate-cards.ts';
import { TestLedger } from './test-ledger.ts';

/** Engines of the environment `test`, with the rate cards that their database has. */
export class PricedEngines {
  private readonly started: TestLedger[] = [];

  private constructor(
    private readonly databaseUrl: string,
    private readonly pool: Pool,
    private readonly mirror: RateCardMirror,
  ) {}

  static async open(databaseUrl: string): Promise<PricedEngines> {
    const log = (): void => undefined;
    const pool = connect(databaseUrl, { settings: { role: 'purser_app' }, log });
    return new PricedEngines(databaseUrl, pool, await RateCardMirror.open({ pool, log }));
  }

  /** @param url a way to the database */
  start(url = this.databaseUrl): TestLedger {
    const engine = new TestLedger(url, { rules: { ...NO_RULES, prices: this.mirror } });
    this.started.push(engine);
    return engine;
  }

  /** Makes a rate card. @returns its UUID */
  async card(prices: Json): Promise<string> {
    const actor = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
    const terms = { name: 'Chat', unit: 'credits', purpose: 'price', prices } as const;
    let made = '';
    await new RateCards(this.pool, this.mirror).create({ environment: 'test', actor, key: null }, terms, ({ card }) => {
      made = card.id;
      return { status: 200, body: '' };
    });
    return made;
  }

  async close(): Promise<void> {
    for (const engine of this.started) await engine.stop();
    await this.mirror.close();
    await this.pool.end();
  }
}
