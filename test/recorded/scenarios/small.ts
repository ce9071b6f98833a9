// The resources that are few: limits, variables, saved searches, administration, collections.
import type { Talk } from "../talk.ts";
import { BROKEN, each, NOBODY, OWN_WORDS } from "./shared.ts";

export async function concurrencyLimits(talk: Talk): Promise<void> {
  const db = await talk("POST /concurrency_limits/", { tag: "db", concurrency_limit: 2 });
  await talk("POST /concurrency_limits/", { tag: "db", concurrency_limit: 3 });
  const api = await talk("POST /concurrency_limits/", { tag: "api", concurrency_limit: -1 });
  await each(talk, "POST /concurrency_limits/", [
    { tag: "x", concurrency_limit: "many" },
    { tag: "x", concurrency_limit: 1, bogus: 1 },
    { tag: null, concurrency_limit: 1 },
  ]);
  await talk("POST /concurrency_limits/", {}, BROKEN);
  await talk(`GET /concurrency_limits/${db.id}`);
  await talk(`GET /concurrency_limits/${NOBODY}`);
  await talk("GET /concurrency_limits/x");
  await talk("GET /concurrency_limits/tag/db");
  await talk("GET /concurrency_limits/tag/nobody");
  await talk("POST /concurrency_limits/tag/db/reset", { slot_override: [NOBODY] });
  await talk("GET /concurrency_limits/tag/db");
  await talk("POST /concurrency_limits/tag/db/reset", {});
  await talk("POST /concurrency_limits/tag/db/reset");
  await talk("POST /concurrency_limits/tag/nobody/reset", {});
  await talk("POST /concurrency_limits/tag/db/reset", { slot_override: ["x"] });
  await each(talk, "POST /concurrency_limits/filter", [{}, { limit: 1 }, { limit: 1, offset: 1 }, { limit: 201 }]);
  await talk("POST /concurrency_limits/filter");
  await talk(`DELETE /concurrency_limits/${api.id}`);
  await talk(`DELETE /concurrency_limits/${api.id}`);
  await talk("DELETE /concurrency_limits/tag/db");
  await talk("DELETE /concurrency_limits/tag/db");
}

export async function variables(talk: Talk): Promise<void> {
  const color = await talk("POST /variables/", { name: "color", value: "red", tags: ["ui", "a"] });
  await talk("POST /variables/", { name: "size_2", value: "" });
  await talk("POST /variables/", { name: "color", value: "blue" }, OWN_WORDS);
  await each(talk, "POST /variables/", [
    { name: "Bad-Name", value: "x" },
    { name: "x".repeat(256), value: "x" },
    { name: "long_1", value: "x".repeat(5001) },
    { name: "long_2", value: 5 },
    { name: "extra", value: "x", bogus: 1 },
    { name: "tagged", value: "x", tags: null },
  ]);
  await talk("POST /variables/", {}, { differs: { status: 422, because: "the old server answers 409" } });
  await talk(`GET /variables/${color.id}`);
  await talk(`GET /variables/${NOBODY}`);
  await talk("GET /variables/x");
  await talk("GET /variables/name/color");
  await talk("GET /variables/name/nobody");
  await talk(`PATCH /variables/${color.id}`, { value: "green" });
  await talk("PATCH /variables/name/color", { name: "colour", tags: ["ui"] });
  await talk("PATCH /variables/name/colour", { name: "Not-OK" });
  await talk("PATCH /variables/name/colour", {});
  await talk(`PATCH /variables/${NOBODY}`, { value: "x" });
  await talk("PATCH /variables/name/nobody", { value: "x" });
  await talk("PATCH /variables/name/colour", { name: "size_2" }, OWN_WORDS);
  for (const variables of [
    { name: { any_: ["colour"] } },
    { name: { like_: "SIZ" } },
    { value: { any_: ["green"] } },
    { value: { like_: "REE" } },
    { tags: { all_: ["ui"] } },
    { tags: { is_null_: true } },
    { id: { any_: [color.id] } },
    { operator: "or_", name: { any_: ["colour"] }, tags: { is_null_: true } },
    {},
  ]) {
    await talk("POST /variables/filter", { variables });
    await talk("POST /variables/count", { variables });
  }
  await each(talk, "POST /variables/filter", [
    { sort: "NAME_DESC" },
    { sort: "CREATED_DESC" },
    { sort: "UPDATED_DESC" },
    { sort: "X" },
    { limit: 201 },
  ]);
  await talk("POST /variables/filter");
  await talk("DELETE /variables/name/colour");
  await talk("DELETE /variables/name/colour");
  await talk(`DELETE /variables/${color.id}`);
}

export async function savedSearches(talk: Talk): Promise<void> {
  const filter = { object: "flow_run", property: "state", type: "state", operation: "any", value: ["FAILED"] };
  const mine = await talk("PUT /saved_searches/", { name: "mine 1", filters: [filter] });
  await talk("PUT /saved_searches/", { name: "mine 1", filters: [] });
  await talk("PUT /saved_searches/", { name: "another 2", filters: [{ ...filter, value: null }] });
  await each(talk, "PUT /saved_searches/", [
    { name: "x 1", filters: [{ object: "flow_run" }] },
    { name: "x 2", bogus: 1 },
    { name: "x 3", filters: null },
  ]);
  await talk("PUT /saved_searches/", {}, BROKEN);
  await talk(`GET /saved_searches/${mine.id}`);
  await talk(`GET /saved_searches/${NOBODY}`);
  await talk("GET /saved_searches/x");
  await each(talk, "POST /saved_searches/filter", [{}, { limit: 1 }, { limit: 1, offset: 1 }, { limit: 201 }]);
  await talk("POST /saved_searches/filter");
  await talk(`DELETE /saved_searches/${mine.id}`);
  await talk(`DELETE /saved_searches/${mine.id}`);
}

export async function administration(talk: Talk): Promise<void> {
  const versions = (version: string) => ({ headers: { "x-prefect-api-version": version } });
  for (const path of ["/health", "/version", "/admin/version", "/hello"]) {
    await talk(`GET ${path}`);
    await talk(`GET ${path}`, undefined, versions("0.1.0"));
  }
  for (const version of ["0.8.4", "0.8.0", "0.9.9", "1.0.0", "x", "0.8", "0.8.x"]) {
    await talk("GET /admin/version", undefined, versions(version));
  }
  await talk("GET /nowhere");
  await talk("DELETE /flows/filter");
  await talk("PUT /flows/", {});
  await talk("GET /health/");
  const filters = await talk("POST /flows/", { name: "etl 1" });
  await talk(`GET /flows/${filters.id}/`);
  await talk("POST /flow_runs/", { flow_id: filters.id, name: "run 1" });
  for (const action of ["clear", "drop", "create"]) {
    await talk(`POST /admin/database/${action}`, {});
    await talk(`POST /admin/database/${action}`);
    await talk(`POST /admin/database/${action}`, { confirm: "perhaps" });
  }
  await talk("POST /admin/database/clear", { confirm: true });
  await talk("POST /flows/count", {});
  await talk("POST /admin/database/create", { confirm: true });
  await talk("POST /admin/database/drop", { confirm: true });
  await talk("POST /admin/database/create", { confirm: true });
  await talk("POST /flow_runs/count", {});
  await talk("GET /collections/views/nothing", undefined, {
    differs: { status: 404, because: "the old server asks the web, and fails without it" },
  });
  await talk("GET /admin/settings", undefined, { ownBody: "each has settings of its own" });
}
