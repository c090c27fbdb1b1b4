import { countAt, hasCount, textAt } from '../json.ts';
import type { Shape } from '../shape.ts';

/** OpenAI's videos are billed by the second, at a price for each size. One that isn't done yet says nothing. */
export const openAiVideos: Shape = {
  looksFor: 'a completed video with seconds (OpenAI videos)',
  claims: ({ value }) => value['object'] === 'video' && value['status'] === 'completed' && hasCount(value, 'seconds'),
  read: (pieces) =>
    pieces.map(({ value }) => {
      const size = textAt(value, 'size');
      return {
        event: 'video.generated',
        model: textAt(value, 'model'),
        quantities: { video_seconds: countAt(value, 'seconds') },
        properties: size ? { size } : {},
      };
    }),
};
