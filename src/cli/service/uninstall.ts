// `orch service uninstall`.
import { existsSync } from "node:fs";
import { command } from "../command.ts";
import { refuseWithoutSystemd, removeUnit, systemctl, UNIT, unitPath } from "./unit.ts";

export const uninstall = command({
  description: "Stop the service and remove its unit. The home and its database stay.",
  examples: ["orch service uninstall"],
  options: {},
  async run({ io }) {
    refuseWithoutSystemd();
    const path = unitPath(io.env);
    if (!existsSync(path)) return io.out("The service is not installed: there is nothing to remove.");
    systemctl(io.env, "disable", "--now", UNIT);
    removeUnit(path);
    systemctl(io.env, "daemon-reload");
    io.out(io.paint.good(`Removed ${path}`));
  },
});
