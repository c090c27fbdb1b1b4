import type { JsonObject } from '#amounts';
import { countAt, firstCount, listAt, objectAt, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import type { Draft, Shape } from '../shape.ts';

/** ElevenLabs tells in a header what speech costs, in characters; transcripts say how long the audio is. */
export const elevenlabs: Shape = {
  looksFor: 'a character-cost header, alignment.characters or audio_duration_secs (ElevenLabs)',
  claims: (piece) => readAnswer(piece) !== null,
  read: (pieces) => pieces.flatMap((piece) => readAnswer(piece) ?? []),
};

function readAnswer({ value, headers }: Piece): Draft | null {
  const seconds = countAt(value, 'audio_duration_secs');
  if (seconds !== null)
    return { event: 'audio.transcribed', model: textAt(value, 'model_id'), quantities: { audio_seconds: seconds } };
  const billed = firstCount(headers, 'character-cost', 'x-character-count') ?? historyCost(value);
  if (billed !== null) return speech(value, billed, []);
  const aligned = objectAt(value, 'alignment') ? listAt(value, 'alignment', 'characters').length : 0;
  return aligned > 0 ? speech(value, aligned, ['no character-cost header: the characters spoken are counted']) : null;
}

/** An item of the history has the counter of the account before and after it. */
function historyCost(value: JsonObject): number | null {
  const [from, to] = [countAt(value, 'character_count_change_from'), countAt(value, 'character_count_change_to')];
  return from !== null && to !== null && to >= from ? to - from : null;
}

function speech(value: JsonObject, characters: number, assumed: readonly string[]): Draft {
  return { event: 'speech.generated', model: textAt(value, 'model_id'), quantities: { characters }, assumed };
}
