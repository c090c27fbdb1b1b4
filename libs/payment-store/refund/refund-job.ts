/** Return the money of a refund if it is pending; UUIDs. */
export type RefundJob = Readonly<Record<'purchase' | 'refund', string>>;
