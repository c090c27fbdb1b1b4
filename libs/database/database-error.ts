/**
 * The database can't be used as things stand, and the operator can mend it: the message says what is wrong and what to do,
 * so it is shown without a stack.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
