import type { Component } from './rate-card.ts';

/** A quantity and those of its parts that have a price, as indexes of components. Most quantities have no parts. */
export interface QuantityGroup {
  readonly whole: string;
  /** Null where only parts of it have a price. */
  readonly wholeComponent: number | null;
  /** In the order in which they are taken off the whole. */
  readonly parts: readonly number[];
}

const PARTS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  input_tokens: [
    'cache_read_tokens',
    /^cache_write(_[a-z0-9]+)?_tokens$/,
    'input_audio_tokens',
    'input_image_tokens',
    'input_video_tokens',
  ],
  output_tokens: ['reasoning_tokens', 'output_audio_tokens', 'output_image_tokens'],
};

interface Place {
  readonly whole: string;
  readonly order: number;
}

/** The whole that a quantity is a part of, and its place among the parts; null where it is a quantity of its own. */
export function placeOf(quantity: string): Place | null {
  for (const [whole, parts] of Object.entries(PARTS)) {
    const order = parts.findIndex((part) => (typeof part === 'string' ? part === quantity : part.test(quantity)));
    if (order >= 0) return { whole, order };
  }
  return null;
}

export function groupQuantities(components: readonly Pick<Component, 'quantity'>[]): readonly QuantityGroup[] {
  const wholes = new Set(components.map(({ quantity }) => placeOf(quantity)?.whole ?? quantity));
  return [...wholes].map((whole) => {
    const wholeComponent = components.findIndex(({ quantity }) => quantity === whole);
    const parts = components
      .map(({ quantity }, component) => ({ quantity, component, place: placeOf(quantity) }))
      .filter(({ place }) => place?.whole === whole)
      .sort((a, b) => (a.place?.order ?? 0) - (b.place?.order ?? 0) || (a.quantity < b.quantity ? -1 : 1));
    return {
      whole,
      wholeComponent: wholeComponent < 0 ? null : wholeComponent,
      parts: parts.map(({ component }) => component),
    };
  });
}
