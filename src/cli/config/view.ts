// `orch config view`.
import { SETTING_NAMES, shownValue } from "#settings/table.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";

export const view = command({
  description: "Show settings and where each comes from.",
  examples: ["orch config view", "orch config view --show-defaults", "orch config view --json"],
  options: {
    "show-defaults": { type: "boolean", description: "Settings that nobody set, too." },
    "hide-sources": { type: "boolean", description: "Without where each value comes from." },
    "show-secrets": { type: "boolean", description: "Secrets in plain text." },
    "hide-defaults": { type: "boolean", description: "Only what was set, as usual." },
    "show-sources": { type: "boolean", description: "With where each value comes from, as usual." },
    "hide-secrets": { type: "boolean", description: "Secrets as asterisks, as usual." },
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
