// Names the part of the wall clock in which dates are looked for.

export interface Window {
  /** First wall time wanted. */
  from: number;
  /** No wall time beyond is looked for. */
  to: number;
}
