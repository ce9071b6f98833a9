// `orch service status`: the exit code is 0 when the service is installed and active.
import { existsSync } from "node:fs";
import { OrchError } from "#lib/errors.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { refuseWithoutSystemd, systemctl, UNIT_OPTIONS, type UnitName, unitName, unitOf, unitPath } from "./unit.ts";

export const status = command({
  description: "Show whether the service is installed and running. The exit code is 1 when it is not.",
  examples: ["orch service status", "orch service status agent --json"],
  options: { ...UNIT_OPTIONS, ...JSON_OPTION },
  async run({ options, io }) {
    refuseWithoutSystemd();
    const unit = unitOf(options);
    const path = unitPath(io.env, unit);
    const isInstalled = existsSync(path);
    const state = isInstalled
      ? (systemctl(io.env, unit, "is-active", unitName(unit))?.output.split("\n")[0] ?? "unknown")
      : "not installed";
    // A state is one word; a sentence says why there is none.
    if (/\s/.test(state) && isInstalled) {
      throw new OrchError("unavailable", `systemd does not answer: ${state.replace(/\.?$/, ".")} The unit is ${path}`);
    }
    const isRunning = state === "active";
    if (options.json) io.out(json({ installed: isInstalled, state, unit: path }));
    else if (!isInstalled) io.out(`The service is not installed. Install it: orch service install${wordsOf(unit)}`);
    else io.out(`The service is ${isRunning ? io.paint.good(state) : io.paint.warn(state)}: ${path}`);
    return isRunning ? 0 : 1;
  },
});

/** What `install` needs besides. */
function wordsOf({ what, isSystem }: UnitName): string {
  return `${what === "agent" ? " agent --agent QUEUE" : ""}${isSystem ? " --system --user NAME" : ""}`;
}
