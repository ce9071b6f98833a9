// Takes the fields of orch out of a body that an older orch, or Prefect's server, has refused because of them.
import { isObject } from "#lib/json.ts";

/**
 * The text of the body without the fields `ours` that the answer calls unknown; `undefined` when it calls none of them so.
 *
 * @example
 * const text = withoutUnknown('[{"id": 1, "a": 2}]', refusal, ["id"]); // [{"a":2}]
 */
export function withoutUnknown(body: string, refusal: unknown, ours: readonly string[]): string | undefined {
  const unknown = unknownFields(refusal).filter((field) => ours.includes(field));
  if (unknown.length === 0) return undefined;
  const sent: unknown = JSON.parse(body);
  for (const item of Array.isArray(sent) ? sent : [sent]) for (const field of unknown) delete item[field];
  return JSON.stringify(sent);
}

/** Both servers use pydantic's words: `{"type": "value_error.extra", "loc": ["body", 0, "id"]}`. */
function unknownFields(refusal: unknown): string[] {
  const details = isObject(refusal) ? refusal["exception_detail"] : undefined;
  if (!Array.isArray(details)) return [];
  const extra = details.filter((detail) => isObject(detail) && detail["type"] === "value_error.extra");
  return [...new Set(extra.map(({ loc }) => (Array.isArray(loc) ? String(loc.at(-1)) : "")))];
}
