// The commands of `orch service`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const serviceCommands: Group = {
  description: "Start the server, or an agent, whenever this machine starts.",
  commands: {
    install: {
      description: "Start the server, or an agent, now and whenever the machine starts.",
      load: async () => (await import("../service/install.ts")).install,
    },
    status: {
      description: "Show whether the service is installed and running.",
      load: async () => (await import("../service/status.ts")).status,
    },
    uninstall: {
      description: "Stop the service and remove it.",
      load: async () => (await import("../service/uninstall.ts")).uninstall,
    },
  },
};
