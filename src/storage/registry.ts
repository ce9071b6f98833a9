// Storage blocks to what they can do.
import { homedir } from "node:os";
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import { localStorage } from "./local.ts";
import type { Storage } from "./storage.ts";

/** `data` holds the block's fields, secrets too. Throws `invalid` for a kind that this version cannot reach. */
export function openStorage(slug: string, data: JsonObject): Storage {
  if (slug === "local-file-system") return localStorage(expanded(textOfJson(data["basepath"] ?? ".")));
  const sentence = `Storage of type '${slug}' cannot be reached by this version of orch, which knows 'local-file-system'.`;
  throw new OrchError("invalid", sentence);
}

/** The block's place and a path in it, for people: one slash between. */
export function placeText(data: JsonObject, path: string | null): string {
  const base = textOfJson(data["basepath"] ?? data["bucket_path"] ?? data["share_name"] ?? "");
  return path ? `${base.replace(/\/$/, "")}/${path}` : base;
}

/** `~` is the home of the user. */
function expanded(path: string): string {
  return path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
}
