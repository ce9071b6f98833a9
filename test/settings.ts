// Settings for tests: the defaults, with what a test changes.
import { loadSettings } from "#settings/load.ts";
import type { Settings } from "#settings/table.ts";

export function testSettings(overrides: Partial<Settings> = {}): Settings {
  return { ...loadSettings({ ORCH_HOME: "/nonexistent/orch-home" }).settings, ...overrides };
}
