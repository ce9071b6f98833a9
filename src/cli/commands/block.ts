// The commands of `orch block`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const blockCommands: Group = {
  description: "Create and inspect blocks: settings and secrets that flows load by name.",
  aliases: ["blocks"],
  commands: {
    ls: {
      description: "List blocks.",
      load: async () => (await import("../block/ls.ts")).ls,
    },
    inspect: {
      description: "Show a block, with its secrets hidden.",
      load: async () => (await import("../block/inspect.ts")).inspect,
    },
    delete: {
      description: "Delete a block and the deployments that use it.",
      load: async () => (await import("../block/delete.ts")).remove,
    },
    create: {
      description: "Create a block, or show the fields of a block type.",
      load: async () => (await import("../block/create.ts")).create,
    },
    register: {
      description: "Register the block types defined in a file.",
      load: async () => (await import("../block/register.ts")).register,
    },
    "type ls": {
      description: "List block types.",
      load: async () => (await import("../block/type/ls.ts")).ls,
    },
    "type inspect": {
      description: "Show a block type.",
      load: async () => (await import("../block/type/inspect.ts")).inspect,
    },
    "type delete": {
      description: "Delete a block type with its blocks and the deployments that use them.",
      load: async () => (await import("../block/type/delete.ts")).remove,
    },
  },
};
