// What a client asks before it does anything: is the server there, and which API does it speak? And what only owners ask.
import * as v from "valibot";
import { endpoint, lazy, shape } from "./endpoint.ts";
import { bool, jsonObject, maybe, orDefault, text } from "./primitives.ts";
import { ACTS, harmless, type Repeat } from "./repeat.ts";

export const readHealth = endpoint("GET", "/health", { response: lazy(() => v.boolean()), versioned: false });
/** 503 with the reason as `detail` until the server can do its work. Needs no key, as health. */
export const readReady = endpoint("GET", "/ready", { response: lazy(() => v.boolean()), versioned: false });
export const readApiVersion = endpoint("GET", "/version", { response: lazy(() => v.string()), versioned: false });
export const readServerVersion = endpoint("GET", "/admin/version", { response: lazy(() => v.string()) });
/** Which release of orch this is, and which of Prefect it is compatible with. */
export const readOrchVersion = endpoint("GET", "/orch/version", {
  response: shape(() => ({ version: text(), prefect_version: text(), api_version: text() })),
});
/** Asked by clients since 2.16 before their first change: 422, as it is where no token is wanted. */
export const readCsrfToken = endpoint("GET", "/csrf-token", {
  query: shape(() => ({ client: maybe(text()) })),
  since: 16,
});
export const readHello = endpoint("GET", "/hello", { response: lazy(() => v.string()) });

/** Settings of the server by their old names, those of orch alone under its own. Secrets are asterisks. */
export const readSettings = endpoint("GET", "/admin/settings", { response: lazy(() => jsonObject()) });

/** Not confirmed is 400 with an empty body. */
const confirmation = shape(() => ({ confirm: orDefault(bool(), () => false) }));
const database = <const Path extends string>(path: Path, repeat: Repeat) =>
  endpoint("POST", path, { repeat, body: confirmation, bodyOptional: true, statuses: [204] });

export const clearDatabase = database("/admin/database/clear", ACTS);
export const dropDatabase = database("/admin/database/drop", ACTS);
export const createDatabase = database("/admin/database/create", harmless("It does nothing: the database is there."));
