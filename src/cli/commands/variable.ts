// The commands of `orch variable`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const variableCommands: Group = {
  description: "Read and change variables, which flows read by name.",
  aliases: ["variables"],
  commands: {
    ls: { description: "List variables.", load: async () => (await import("../variable/ls.ts")).ls },
    inspect: { description: "Show a variable.", load: async () => (await import("../variable/inspect.ts")).inspect },
    set: { description: "Create or change a variable.", load: async () => (await import("../variable/set.ts")).set },
    delete: { description: "Delete a variable.", load: async () => (await import("../variable/delete.ts")).remove },
  },
};
