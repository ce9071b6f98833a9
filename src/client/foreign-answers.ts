// Refuses JSON that another program sent instead of the API, before a command prints or uses any of it.
import { isObject } from "#lib/json.ts";
import type { Schema } from "#wire/endpoint.ts";
import type { Client } from "./client.ts";
import { notTheApi } from "./refusals.ts";

/**
 * A client whose calls throw `unavailable` for answers that are not even near what the endpoint declares. Servers of other
 * releases have more fields, or fewer: those are accepted.
 */
export function refusingForeign(client: Client): Client {
  return {
    description: client.description,
    async call(endpoint, input, options) {
      const answer: unknown = await client.call(endpoint, input, options);
      const schema = endpoint.response?.();
      if (schema && !mayBe(answer, schema)) throw notTheApi(client.description);
      return answer as never; // as the client has it
    },
  };
}

/** The parts of a schema that are looked at. */
interface Known {
  type: string;
  entries?: Record<string, { type: string }>;
  item?: Known;
  wrapped?: Known;
}

const OBJECTS = new Set(["object", "loose_object", "strict_object"]);
const OPTIONAL = new Set(["optional", "nullish", "exact_optional"]);

/** Of an array its first item is looked at, of an object its id, or whether it has any of the fields it must have. */
function mayBe(answer: unknown, schema: Schema): boolean {
  return fits(answer, schema as Known);
}

function fits(answer: unknown, { type, entries = {}, item, wrapped }: Known): boolean {
  if (wrapped) return answer === null || fits(answer, wrapped);
  if (type === "string" || type === "boolean") return typeof answer === type;
  if (type === "array") return Array.isArray(answer) && (answer.length === 0 || !item || fits(answer[0], item));
  if (!OBJECTS.has(type)) return true;
  if (!isObject(answer)) return false;
  if (Object.hasOwn(entries, "id")) return typeof answer["id"] === "string";
  const needed = Object.keys(entries).filter((name) => !OPTIONAL.has(entries[name]?.type ?? ""));
  return needed.length === 0 || needed.some((name) => Object.hasOwn(answer, name));
}
