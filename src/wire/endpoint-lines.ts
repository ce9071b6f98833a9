// Writes every endpoint as one line of text, for the web UI: a bundler runs this as a macro, so that the page carries neither
// schemas nor their library. `readFlowRun` becomes "GET /flow_runs/{id}"; a call that needs an idempotency key begins with `+`.
import { ENDPOINTS } from "./index.ts";

/** By the endpoint's name, which is unique. Of all, or of those with these names. */
export function endpointLines(names: readonly string[] = ENDPOINTS.map(({ name }) => name)): Record<string, string> {
  return Object.fromEntries(
    ENDPOINTS.filter(({ name }) => names.includes(name)).map(({ name, endpoint: { method, path, repeat } }) => [
      name,
      `${repeat.by === "key" ? "+" : ""}${method} ${path}`,
    ]),
  );
}
