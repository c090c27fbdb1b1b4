const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/transcri|whisper/, 'audio.transcribed'],
  [/realtime|-live-|voice/, 'realtime.responded'],
  [/\btts\b|speech/, 'speech.generated'],
  [/rerank/, 'rerank.completed'],
  [/moderation/, 'moderation.completed'],
  [/^(gpt|chatgpt)-image|imagen|dall-e/, 'image.generated'],
];

/** The event that usage of a model reports, from its name and the quantities that have a price. */
export function eventOfModel(name: string, quantities: readonly string[]): string {
  const [, event] = BY_NAME.find(([pattern]) => pattern.test(name.toLowerCase())) ?? [];
  if (event !== undefined) return event;
  if (quantities.includes('pages')) return 'document.read';
  if (quantities.includes('audio_seconds')) return 'audio.transcribed';
  if (quantities.includes('images')) return 'image.generated';
  return quantities.includes('output_tokens') ? 'chat.completed' : 'embedding.created';
}
