import type { JsonObject } from '#amounts';
import { countAt, hasCount, objectAt, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import type { Draft, Shape } from '../shape.ts';
import { responseTokens } from './openai-responses.ts';

const TRANSCRIBED = new Set(['transcript.text.done', 'conversation.item.input_audio_transcription.completed']);

/** Transcriptions, by the second or by tokens, and the end of streamed speech. */
export const openAiAudio: Shape = {
  looksFor: 'usage.type "duration" or "tokens", or a verbose transcription’s duration',
  claims: ({ value }) => isSpeech(value) || secondsOf(value) !== null || isTranscript(value),
  read: (pieces, { all }) => {
    const transcriber = sessionModel(all);
    return pieces.map(({ value }) => readAnswer(value, transcriber));
  },
};

function isSpeech(value: JsonObject): boolean {
  return value['type'] === 'speech.audio.done' && objectAt(value, 'usage') !== null;
}

function isTranscript(value: JsonObject): boolean {
  const usage = objectAt(value, 'usage') ?? value;
  const isTokens = hasCount(usage, 'input_tokens');
  return isTokens && (usage['type'] === 'tokens' || TRANSCRIBED.has(textAt(value, 'type') ?? ''));
}

/** What is billed: `usage.seconds`; older answers have only how long the audio is, of which each second begun is billed. */
function secondsOf(value: JsonObject): number | null {
  const billed = countAt(objectAt(value, 'usage') ?? value, 'seconds');
  if (billed !== null && (objectAt(value, 'usage') ?? value)['type'] === 'duration') return billed;
  const isVerbose = typeof value['text'] === 'string' && !('usage' in value);
  const duration = isVerbose && hasCount(value, 'duration') ? countAt(value, 'duration') : null;
  return duration === null ? null : Math.ceil(duration);
}

/** In a realtime session, the model that transcribes is set beforehand. */
function sessionModel(all: readonly Piece[]): string | null {
  const models = all.map(
    ({ value }) =>
      textAt(value, 'session', 'audio', 'input', 'transcription', 'model') ??
      textAt(value, 'session', 'input_audio_transcription', 'model'),
  );
  return models.findLast((model) => model !== null) ?? null;
}

function readAnswer(value: JsonObject, transcriber: string | null): Draft {
  const seconds = secondsOf(value);
  const tokens = seconds === null ? responseTokens(objectAt(value, 'usage') ?? value) : {};
  if (isSpeech(value)) {
    const quantities = { ...tokens, output_audio_tokens: tokens['output_tokens'] ?? null };
    return { event: 'speech.generated', model: textAt(value, 'model'), quantities };
  }
  const isBilled = objectAt(value, 'usage') !== null || value['type'] === 'duration';
  return {
    event: 'audio.transcribed',
    model: textAt(value, 'model') ?? transcriber,
    quantities: { ...tokens, audio_seconds: seconds },
    assumed: isBilled ? [] : ['the answer has no usage: each second of its audio that has begun is counted'],
  };
}
