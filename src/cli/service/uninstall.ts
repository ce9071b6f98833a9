// `orch service uninstall`.
import { existsSync } from "node:fs";
import { command } from "../kit/command.ts";
import { removeAgentSettings } from "./agent-settings.ts";
import {
  AGENT_SETTINGS,
  refuseWithoutSystemd,
  removeUnit,
  systemctl,
  UNIT_OPTIONS,
  unitName,
  unitOf,
  unitPath,
} from "./unit.ts";

export const uninstall = command({
  description: "Stop the service and remove its unit. The home and its database stay.",
  examples: ["orch service uninstall", "orch service uninstall --system"],
  options: UNIT_OPTIONS,
  async run({ options, io }) {
    refuseWithoutSystemd();
    const unit = unitOf(options);
    const path = unitPath(io.env, unit);
    // Also where its unit was removed by hand: it holds a key.
    if (unit.isSystem && unit.what === "agent" && removeAgentSettings()) io.out(`Removed ${AGENT_SETTINGS}`);
    if (!existsSync(path)) return io.out("The service is not installed: there is no unit to remove.");
    systemctl(io.env, unit, "disable", "--now", unitName(unit));
    removeUnit(path);
    systemctl(io.env, unit, "daemon-reload");
    io.out(io.paint.good(`Removed ${path}`));
  },
});
