// Chooses the Python that a flow's file is read and run by, with regard to the packages that the file itself names.
import { findInterpreter, type Interpreter, type InterpreterOptions } from "./interpreter.ts";
import { type ScriptEnvironmentOptions, scriptInterpreter } from "./script-environment.ts";

/**
 * A Python that was named comes first, then the environment of the file's inline script metadata, then what `findInterpreter`
 * finds. Null for a file that cannot be looked at. Throws `invalid` with a sentence where there is none.
 */
export async function flowInterpreter(
  file: string | null,
  options: InterpreterOptions & ScriptEnvironmentOptions,
): Promise<Interpreter> {
  const isNamed = Boolean(options.setting || options.command);
  const path = isNamed || file === null ? undefined : await scriptInterpreter(file, options);
  if (path === undefined) return findInterpreter(options);
  // An agent finds it by the same metadata.
  return { path, reason: "the inline script metadata", isOfProject: false };
}
