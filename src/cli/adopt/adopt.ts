// `orch adopt`: makes what a Prefect 2 has orch's own, from its database.
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { connect } from "#db/connections.ts";
import { machineFault } from "#db/faults.ts";
import { refuseForeignDatabase } from "#db/foreign-schema.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { userHome } from "#lib/user-home.ts";
import { createVault } from "#server/blocks/encryption.ts";
import { command, type Io, JSON_OPTION } from "../command.ts";
import { aloneInHome, homeDatabase } from "../database/home-database.ts";
import { json } from "../layout.ts";
import { sizeText } from "../output.ts";
import { withProgress } from "../progress.ts";
import { takeAll } from "./intake.ts";
import { openPrefectFile } from "./prefect-file.ts";
import { type Line, reportTable } from "./report.ts";
import type { Source } from "./source.ts";

export const adopt = command({
  description:
    "Take over what Prefect 2.10 to 2.20 has in its database: flows, deployments, blocks with their secrets, pools, runs, logs and the rest. Prefect's database is only read, and its server has to be stopped.",
  examples: ["orch adopt --dry-run", "orch adopt ~/.prefect/prefect.db"],
  options: {
    source: {
      type: "positional",
      required: false,
      description: "The database. Default: prefect.db in PREFECT_HOME, ~/.prefect.",
    },
    "dry-run": { type: "boolean", description: "Only print what would be done." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const isTrial = options["dry-run"];
    const { path } = homeDatabase(loaded.settings);
    const source = openPrefectFile(options.source ?? usualPlace(io), io);
    const take = () => taken(source, { path, home: loaded.settings.ORCH_HOME, isTrial, io });
    const alone = { work: "orch adopt", why: "It would not see what is taken over." };
    try {
      // A trial makes no home.
      const lines = await (isTrial && !existsSync(path) ? take() : aloneInHome(loaded.settings, alone, take));
      print(lines, { source, path, isTrial, asJson: options.json, io });
    } finally {
      source.close();
    }
  },
});

function usualPlace({ env }: Io): string {
  const path = join(env["PREFECT_HOME"] || join(userHome(env), ".prefect"), "prefect.db");
  if (existsSync(path)) return path;
  throw new OrchError("not_found", `There is no '${path}': name the database to adopt, as in 'orch adopt FILE'.`);
}

interface Target {
  path: string;
  home: string;
  isTrial: boolean;
  io: Io;
}

/** A trial where there is no database yet is made on one that is removed again. */
async function taken(source: Source, { path, home, isTrial, io }: Target): Promise<Line[]> {
  const scratch = isTrial && !existsSync(path) ? mkdtempSync(join(tmpdir(), "orch-adopt-")) : undefined;
  const target = scratch === undefined ? path : join(scratch, "orch.db");
  try {
    refuseForeignDatabase(path);
    refuseWithoutRoom(source.shown, scratch ?? path);
    await openDatabase(target).close();
    return await takenInto(target, source, { home, isTrial, io });
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

async function takenInto(path: string, source: Source, { home, isTrial, io }: Omit<Target, "path">): Promise<Line[]> {
  const sqlite = connect(path);
  // A trial must not make the home's key.
  const vault = isTrial ? { seal: () => "" } : createVault(home);
  try {
    sqlite.run("pragma cache_size = -64000");
    const tallies = await withProgress(io, systemClock, (show) =>
      takeAll({
        ...{ source, sqlite, vault, isTrial },
        show: (what, done, found) =>
          show(() => `Taking ${what}: ${done.toLocaleString("en")} of ${found.toLocaleString("en")}…`),
      }),
    );
    sqlite.run("pragma wal_checkpoint(truncate)");
    return tallies.lines();
  } catch (error) {
    const known = error instanceof OrchError ? undefined : machineFault(error, path);
    throw known === undefined ? error : new OrchError("unavailable", known, { cause: error });
  } finally {
    sqlite.close();
  }
}

/** It is written to the log first, and then to the database. */
function refuseWithoutRoom(source: string, target: string): void {
  const needed = 2 * statSync(source).size;
  let folder = dirname(target);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  if (needed <= bavail * bsize) return;
  const sentence = `To adopt '${source}' needs ${sizeText(needed)} in '${folder}', and there are ${sizeText(bavail * bsize)}. Make room first.`;
  throw new OrchError("unavailable", sentence);
}

interface Printing {
  source: Source;
  path: string;
  isTrial: boolean;
  asJson: boolean;
  io: Io;
}

function print(lines: Line[], { source, path, isTrial, asJson, io }: Printing): void {
  if (asJson) io.out(json({ source: source.shown, target: path, dry_run: isTrial, tables: lines }));
  else for (const line of [...reportTable(lines, isTrial, io.columns), ...lastWords()]) io.out(line);

  function lastWords(): string[] {
    const count = lines.reduce((sum, line) => sum + line.taken, 0).toLocaleString("en");
    if (isTrial) return [`Nothing was changed: ${count} rows of '${source.shown}' would come to '${path}'.`];
    return [
      io.paint.good(`Took over ${count} rows of '${source.shown}' into '${path}'.`),
      "Start the server: orch server start",
    ];
  }
}
