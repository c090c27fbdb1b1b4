import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.ts';

export interface RateCardView {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly purpose: string;
  readonly version: number;
  readonly prices: readonly unknown[];
  readonly effective_at: string;
  readonly archived_at: string | null;
  readonly created_at: string;
}

/** Prices of one model's tokens, in amounts for 1 000 of them. */
export function chatPrices(input: string, output: string) {
  return [
    {
      event: 'chat.completed',
      components: [
        { quantity: 'input_tokens', per: '1000', amount: input },
        { quantity: 'output_tokens', per: '1000', amount: output },
      ],
    },
  ];
}

/** Has a rate card made. */
export async function makeRateCard(
  admin: ApiClient,
  terms: Readonly<Record<string, unknown>> = {},
): Promise<RateCardView> {
  const body = { name: 'Our prices', unit: 'credits', prices: chatPrices('0.03', '0.06'), ...terms };
  const answer = await admin.post('/v1/rate-cards', body);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
  return answer.body as RateCardView;
}
