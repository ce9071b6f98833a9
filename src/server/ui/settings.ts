// What a web UI asks first: where the API is, and which of its parts there are.
import type { Settings } from "#settings/table.ts";

/** The experiments of 2.10 that its UI asks for: all are at work here. */
const FLAGS = ["artifacts", "workers", "events_client", "work_pools"];

/** Lies on the root, not below `/api`. */
export const UI_SETTINGS_PATH = "/ui-settings";

/** `origin` is the address the page was asked at: through a tunnel it is another one than the server's own. */
export function uiSettings(settings: Settings, origin: string): Response {
  return Response.json({ api_url: settings.ORCH_UI_API_URL ?? `${origin}/api`, flags: FLAGS });
}
