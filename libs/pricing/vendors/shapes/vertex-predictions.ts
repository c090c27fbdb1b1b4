import type { JsonObject } from '#amounts';
import { countAt, objectAt, objectsAt, sumOf } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';

/** What Vertex AI's and Gemini's `predict` answers: embeddings with counts; images and videos, which are counted. */
export const vertexPredictions: Shape = {
  looksFor: 'predictions[] with embeddings or images, or generated videos (Vertex AI predict)',
  claims: ({ value }) => readAnswer(value) !== null,
  read: (pieces) => pieces.flatMap(({ value }) => readAnswer(value) ?? []),
};

function readAnswer(value: JsonObject): Draft | null {
  const predictions = objectsAt(value, 'predictions');
  const embeddings = predictions.flatMap((prediction) => objectAt(prediction, 'embeddings', 'statistics') ?? []);
  if (embeddings.length > 0) {
    return {
      event: 'embedding.created',
      model: null,
      quantities: {
        input_tokens: sumOf(embeddings.map((statistics) => countAt(statistics, 'token_count'))),
        characters: countAt(value, 'metadata', 'billableCharacterCount'),
      },
    };
  }
  const images = predictions.filter(
    (prediction) => 'bytesBase64Encoded' in prediction || 'gcsUri' in prediction,
  ).length;
  if (images > 0) return counted('image.generated', { images }, 'images');
  const videos = [
    ...objectsAt(value, 'response', 'videos'),
    ...objectsAt(value, 'response', 'generatedVideos'),
    ...objectsAt(value, 'response', 'generateVideoResponse', 'generatedSamples'),
  ].length;
  return videos > 0 ? counted('video.generated', { videos }, 'videos; how long they are, it doesn’t say') : null;
}

function counted(event: string, quantities: Record<string, number>, what: string): Draft {
  return { event, model: null, quantities, assumed: [`the answer has no usage: it is counted by its ${what}`] };
}
