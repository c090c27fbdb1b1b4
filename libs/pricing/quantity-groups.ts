/** A quantity and those of its parts that have a price, as indexes of components. Most quantities have no parts. */
export interface QuantityGroup {
  readonly whole: string;
  /** Null where only parts of it have a price. */
  readonly wholeComponent: number | null;
  /** In the order in which they are taken off the whole. */
  readonly parts: readonly number[];
}

/** What a quantity is a part of, and its place among the parts of that whole. */
interface Place {
  readonly whole: string;
  readonly order: number;
}

const PLACES: ReadonlyMap<string, Place> = new Map([
  ['cache_read_tokens', { whole: 'input_tokens', order: 0 }],
  ['input_audio_tokens', { whole: 'input_tokens', order: 2 }],
  ['input_image_tokens', { whole: 'input_tokens', order: 3 }],
  ['input_video_tokens', { whole: 'input_tokens', order: 4 }],
  ['reasoning_tokens', { whole: 'output_tokens', order: 0 }],
  ['output_audio_tokens', { whole: 'output_tokens', order: 1 }],
  ['output_image_tokens', { whole: 'output_tokens', order: 2 }],
]);
/** With the time that it is kept for, or without. */
const CACHE_WRITE_START = 'cache_write';
const CACHE_WRITE = /^cache_write(_[a-z0-9]+)?_tokens$/;
const CACHE_WRITE_PLACE: Place = { whole: 'input_tokens', order: 1 };

/** Null where it is a quantity of its own. */
export function placeOf(quantity: string): Place | null {
  if (!quantity.startsWith(CACHE_WRITE_START)) return PLACES.get(quantity) ?? null;
  return CACHE_WRITE.test(quantity) ? CACHE_WRITE_PLACE : null;
}

export function groupQuantities(components: readonly { readonly quantity: string }[]): readonly QuantityGroup[] {
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
