// The commands of `orch server`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const serverCommands: Group = {
  description: "Run the server and maintain its database.",
  aliases: ["orion"],
  commands: {
    start: {
      description: "Start the API server with its scheduler.",
      load: async () => (await import("../server.ts")).serverStart,
    },
    status: {
      description: "Show whether the server is running.",
      load: async () => (await import("../server/status.ts")).serverStatus,
    },
    stop: {
      description: "Stop the server.",
      load: async () => (await import("../server/stop.ts")).serverStop,
    },
    "database backup": {
      description: "Back up the database, also while a server uses it.",
      load: async () => (await import("../database/backup.ts")).backup,
    },
    "database restore": {
      description: "Replace the database with a backup. The old database is kept in another file.",
      load: async () => (await import("../database/restore.ts")).restore,
    },
    "database reset": {
      description: "Delete everything in the database.",
      load: async () => (await import("../database/reset.ts")).reset,
    },
    "database vacuum": {
      description: "Reclaim disk space used by deleted rows.",
      load: async () => (await import("../database/vacuum.ts")).vacuum,
    },
    "database stats": {
      description: "Show the tables of the database and their sizes.",
      load: async () => (await import("../database/stats.ts")).stats,
    },
    "database upgrade": {
      description: "Upgrade the database to the schema of this version of orch.",
      load: async () => (await import("../database/upgrade.ts")).upgrade,
    },
    "database downgrade": {
      description: "Explain how to return to an older schema.",
      load: async () => (await import("../database/upgrade.ts")).downgrade,
    },
  },
};
