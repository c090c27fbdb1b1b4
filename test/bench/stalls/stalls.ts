/** What has kept a service's one thread from its requests, in ms. */
export interface Stalls {
  /** The longest that its event loop was late, whatever for: a garbage collection, long work, or no processor to run on. */
  readonly loopMax: number;
  readonly loopP99: number;
  /** The longest garbage collection, and all of them together. */
  readonly gcMax: number;
  readonly gcTotal: number;
}
