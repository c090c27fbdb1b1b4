import type { JsonObject } from '#amounts';
import { countAt, objectAt, objectsAt, textAt } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';

/** Transcripts that say how long the audio is, but not what is billed: Deepgram's, Rev AI's, and those with timed words. */
export const transcripts: Shape = {
  looksFor: 'metadata.duration, duration_seconds, audio_duration or timed words (transcripts)',
  claims: ({ value }) => readTranscript(value) !== null,
  read: (pieces) => pieces.flatMap(({ value }) => readTranscript(value) ?? []),
};

function readTranscript(value: JsonObject): Draft | null {
  const isDone = value['status'] === 'transcribed' || value['status'] === 'completed';
  const said =
    (objectAt(value, 'results', 'channels') || 'channels' in (objectAt(value, 'results') ?? {})
      ? countAt(value, 'metadata', 'duration')
      : null) ?? (isDone ? (countAt(value, 'duration_seconds') ?? countAt(value, 'audio_duration')) : null);
  if (said !== null) return transcript(value, said, 'the length of the audio is counted');
  const isTimed = typeof value['text'] === 'string' && !('usage' in value);
  const end = isTimed ? countAt(objectsAt(value, 'words').at(-1), 'end') : null;
  return end === null ? null : transcript(value, end, 'the audio is counted up to its last word');
}

function transcript(value: JsonObject, seconds: number, assumed: string): Draft {
  const quantities = { audio_seconds: seconds };
  return { event: 'audio.transcribed', model: textAt(value, 'model_id'), quantities, assumed: [assumed] };
}
