/** What all problems with one code share. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}
