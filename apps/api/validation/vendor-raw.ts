const VENDOR_RAW = /^(?:items\.\d+\.)?usage\.(?:\d+\.)?raw(?:\.|$)/;

/**
 * Whether a path leads into what a vendor has returned. It comes as it came: of it only counts and short names are kept, so
 * what couldn't be kept exactly there is no fault. A stream may well cut a character in two.
 */
export function isVendorRaw(path: readonly string[]): boolean {
  return path.includes('raw') && VENDOR_RAW.test(path.slice(0, 5).join('.'));
}
