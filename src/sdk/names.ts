// Checks how `flow` and `task` are called, where it is written wrong: a name of nothing would be registered as it is.
import { OrchError } from "#lib/errors.ts";

/** Throws `invalid` unless a function comes first and options second, with a name that is none or has a letter. */
export function checkDefinition(kind: "flow" | "task", fn: unknown, options: unknown): void {
  if (typeof fn !== "function") {
    throw new OrchError("invalid", `'${kind}' takes a function first, then its options: ${kind}(fn, { name: "…" }).`);
  }
  if (options === undefined || options === null) return;
  if (typeof options !== "object") {
    throw new OrchError(
      "invalid",
      `The options of a ${kind} are an object, such as { name: "…" }, not a ${typeof options}.`,
    );
  }
  const name: unknown = "name" in options ? options.name : undefined;
  if (name === undefined || name === null) return; // as when an unset variable is handed in: the function's own
  if (typeof name !== "string") {
    throw new OrchError("invalid", `The 'name' of a ${kind} is a text, not a ${typeof name}.`);
  }
  if (name.trim() !== "") return;
  const sentence = `The 'name' of a ${kind} is empty. Give it one, or leave 'name' out: then it has the name of its function.`;
  throw new OrchError("invalid", sentence);
}
