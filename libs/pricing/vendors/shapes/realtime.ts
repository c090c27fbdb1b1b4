import type { JsonObject } from '#amounts';
import { countAt, hasCount, objectAt, sum, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import type { Draft, Shape } from '../shape.ts';
import { statedCost } from '../vendor-cost.ts';
import { responseTokens } from './openai-responses.ts';

/** Each `response.done` of a realtime session is billed on its own. xAI puts the usage beside the response, not in it. */
export const realtime: Shape = {
  looksFor: 'a response.done event with usage.input_token_details (realtime)',
  claims: ({ value }) => usageOf(value) !== null,
  read: (pieces, { all }) => {
    const model = sessionModel(all);
    return pieces.map(({ value }) => readTurn(value, model));
  },
};

function usageOf(value: JsonObject): JsonObject | null {
  const places = [objectAt(value, 'response', 'usage'), objectAt(value, 'usage'), value];
  return places.find((usage) => usage !== null && isUsage(usage)) ?? null;
}

function isUsage(usage: JsonObject): boolean {
  const isTokens = hasCount(usage, 'input_tokens') && usage['type'] === undefined;
  return (
    isTokens && (objectAt(usage, 'input_token_details') !== null || objectAt(usage, 'output_token_details') !== null)
  );
}

function sessionModel(all: readonly Piece[]): string | null {
  return all.map(({ value }) => textAt(value, 'session', 'model')).find((model) => model !== null) ?? null;
}

function readTurn(value: JsonObject, model: string | null): Draft {
  const usage = usageOf(value) ?? {};
  const seconds = countAt(usage, 'billable_audio_seconds');
  return {
    event: 'realtime.responded',
    model: textAt(value, 'response', 'model') ?? model,
    quantities: {
      ...responseTokens(usage),
      audio_seconds: sum(seconds),
      output_audio_seconds: countAt(usage, 'output_audio_seconds'),
    },
    cost: statedCost(usage),
    assumed: seconds === null ? [] : ['the vendor bills audio by the second: tokens are given beside'],
  };
}
