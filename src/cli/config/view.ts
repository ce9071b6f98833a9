// `orch config view`.
import { SETTING_NAMES, shownValue } from "#settings/table.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";

export const view = command({
  description: "Show settings and their sources.",
  examples: ["orch config view", "orch config view --show-defaults", "orch config view --json"],
  options: {
    "show-defaults": { type: "boolean", description: "Include settings that have their default value." },
    "hide-sources": { type: "boolean", description: "Do not show the sources of values." },
    "show-secrets": { type: "boolean", description: "Show secrets in plain text." },
    "hide-defaults": { type: "boolean", description: "Only settings that are set (the default)." },
    "show-sources": { type: "boolean", description: "Show the sources of values (the default)." },
    "hide-secrets": { type: "boolean", description: "Hide secrets (the default)." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const rows = SETTING_NAMES.filter((name) => options["show-defaults"] || loaded.source(name) !== "default")
      .toSorted()
      .map((name) => {
        const value = loaded.settings[name];
        const shown = options["show-secrets"] ? value : shownValue(name, value);
        return { name, value: shown, source: loaded.source(name) };
      });
    if (options.json) return io.out(json(rows));
    io.out(`ORCH_PROFILE='${loaded.profile}'`);
    for (const { name, value, source } of rows) {
      const from = source === "default" ? "defaults" : source;
      const shown = value === null ? `${name} is not set` : `${name}='${value}'`;
      io.out(`${shown}${options["hide-sources"] ? "" : ` (from ${from})`}`);
    }
  },
});
