// Ends the reading of a signature where the syntax alone does not tell what a type or a value is: the checker is asked then.

export class Inexact extends Error {}

/** For the end of an expression: `known ?? inexact()`. */
export function inexact(): never {
  throw new Inexact();
}
