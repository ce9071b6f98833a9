// Errors of the API said better: with the words of the command that met them.
import { type ErrorCode, OrchError } from "#lib/errors.ts";

/** For `catch`: an error with this code gets another sentence, others stay as they are. */
export function orchErrorIf(
  code: ErrorCode,
  sentence: (error: OrchError) => string | Promise<string>,
): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof OrchError) || error.code !== code) throw error;
    throw new OrchError(code, await sentence(error), { cause: error });
  };
}
