import { newUuid } from '#ledger';
import type { Pool } from '#database';

/** Prices per request, and prices with a tier that counts over the account's month. */
export type BenchCard = 'plain' | 'counted';

const PER_MILLION = { per: '1000000' };
const OUTPUT = { quantity: 'output_tokens', ...PER_MILLION, amount: '10' };
const INPUT: Readonly<Record<BenchCard, object>> = {
  plain: { quantity: 'input_tokens', ...PER_MILLION, amount: '2.5' },
  counted: {
    quantity: 'input_tokens',
    ...PER_MILLION,
    pricing: 'graduated',
    counted: 'month',
    tiers: [{ up_to: '1000000', amount: '2.5' }, { amount: '2' }],
  },
};

/** Makes both cards. @returns their UUIDs */
export async function makeRateCards(pool: Pool): Promise<Readonly<Record<BenchCard, string>>> {
  return { plain: await makeRateCard(pool, 'plain'), counted: await makeRateCard(pool, 'counted') };
}

async function makeRateCard(pool: Pool, card: BenchCard): Promise<string> {
  const id = newUuid(Date.now());
  const prices = [
    {
      event: 'chat.completed',
      match: { model: 'gpt-x' },
      components: [INPUT[card], { quantity: 'cache_read_tokens', ...PER_MILLION, amount: '0.25' }, OUTPUT],
    },
  ];
  await pool.query(
    `insert into rate_cards (id, environment, name, unit, purpose) values ($1, 'live', $2, 'credits', 'price')`,
    [id, card],
  );
  await pool.query(
    `insert into rate_card_versions (rate_card, version, prices, effective_at, known_from) values ($1, 1, $2, now(), now())`,
    [id, JSON.stringify(prices)],
  );
  return id;
}
