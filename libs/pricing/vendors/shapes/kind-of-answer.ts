import type { JsonObject } from '#amounts';
import { objectsAt } from '../json.ts';

/** The event that an answer in one of OpenAI's many forms stands for: they report usage alike whatever was done. */
export function kindOfAnswer(answer: JsonObject, hasOutput: boolean): string {
  const [item = {}] = [...objectsAt(answer, 'data'), ...objectsAt(answer, 'results')];
  if ('relevance_score' in item) return 'rerank.completed';
  if ('category_scores' in item || 'categories' in item) return 'moderation.completed';
  if ('embedding' in item || 'embeddings' in answer) return 'embedding.created';
  if (typeof answer['text'] === 'string' && answer['choices'] === undefined) return 'audio.transcribed';
  return hasOutput || 'choices' in answer ? 'chat.completed' : 'embedding.created';
}
