// `orch adopt`: makes what a Prefect 2 has orch's own, from its database.
import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { connect } from "#db/connections.ts";
import { machineFault } from "#db/faults.ts";
import { refuseForeignDatabase } from "#db/home/foreign-schema.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { userHome, withUserHome } from "#lib/process/user-home.ts";
import { createVault } from "#server/kernel/vault.ts";
import { aloneInHome, homeDatabase } from "../database/home-database.ts";
import { command, type Io, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { sizeText } from "../terminal/output.ts";
import { withProgress } from "../terminal/progress.ts";
import { takeAll } from "./intake.ts";
import { openPrefectFile } from "./prefect-file.ts";
import { type Line, reportTable } from "./report.ts";
import type { Source } from "./source.ts";

export const adopt = command({
  description:
    "Import the data of Prefect 2.10 to 2.20: flows, deployments, blocks with their secrets, pools, runs, logs and the rest. It reads Prefect's SQLite database, whose server has to be stopped, or asks a running server, which may have another database. Nothing is changed there.",
  examples: [
    "orch adopt --dry-run",
    "orch adopt ~/.prefect/prefect.db",
    "orch adopt http://127.0.0.1:4200/api",
    "orch adopt --shadow http://127.0.0.1:4200/api",
  ],
  options: {
    source: {
      type: "positional",
      required: false,
      description: "The database, or the address of a server's API. Default: prefect.db in PREFECT_HOME, ~/.prefect.",
    },
    "api-key": {
      type: "string",
      description: "A file with the API key of Prefect's server, or '-' for standard input. Default: PREFECT_API_KEY.",
    },
    "dry-run": { type: "boolean", description: "Only print what would be done." },
    "skip-sealed": {
      type: "boolean",
      description: "Leave out blocks that no key opens. Without it they stop everything.",
    },
    shadow: {
      type: "boolean",
      description:
        "Take nothing: compute the schedules of a running server, and list every date that differs from the runs it has scheduled. Exit code 1 when any does, or when the server cannot send all.",
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    if (options.shadow) return await shadow(options, io);
    const isTrial = options["dry-run"];
    const { path } = homeDatabase(loaded.settings);
    const home = loaded.settings.ORCH_HOME;
    const alone = { work: "orch adopt", why: "It would not see what is taken over." };
    // A trial makes no home.
    const isScratch = isTrial && !existsSync(path);
    // To read a server takes long: what would be refused in the end is refused first.
    if (!isScratch && existsSync(home))
      await aloneInHome(loaded.settings, alone, async () => refuseForeignDatabase(path));
    const source = await opened(options, io);
    const take = () => taken(source, { path, home, isTrial, skipsSealed: options["skip-sealed"], io });
    try {
      const lines = await (isScratch ? take() : aloneInHome(loaded.settings, alone, take));
      return print(lines, { source, path, isTrial, asJson: options.json, io });
    } finally {
      source.close();
    }
  },
});

interface SourceOptions {
  source: string | undefined;
  "api-key": string | undefined;
}

async function opened(options: SourceOptions, io: Io): Promise<Source> {
  const given = options.source ?? usualPlace(io);
  if (!given.includes("://")) return openPrefectFile(given, io);
  const apiKey = await apiKeyOf(options["api-key"], io);
  const { openPrefectServer } = await import("./server/prefect-server.ts");
  return withProgress(io, systemClock, (show) =>
    openPrefectServer(given, {
      ...{ apiKey, clock: systemClock },
      show: (what, count) => show(() => `Reading ${what}: ${count.toLocaleString("en")}…`),
    }),
  );
}

/** Never a word of the command, which a shell remembers and other users see. */
async function apiKeyOf(file: string | undefined, io: Io): Promise<string | null> {
  if (file === undefined) return io.env["PREFECT_API_KEY"] || null;
  // It may be the key itself, which is not repeated.
  if (file !== "-" && !existsSync(resolve(io.cwd, withUserHome(file)))) {
    const sentence = "--api-key names a file that holds the key, or '-' for standard input, and there is no such file.";
    throw new OrchError("invalid", sentence);
  }
  const { textFile } = await import("../terminal/text-input.ts");
  const key = (file === "-" ? await io.stdin() : textFile(file, io.cwd, "--api-key")).trim();
  if (key !== "" && !/\s/.test(key)) return key;
  throw new OrchError("invalid", "What --api-key names holds no API key: one word is expected.");
}

function usualPlace({ env }: Io): string {
  const path = join(env["PREFECT_HOME"] || join(userHome(env), ".prefect"), "prefect.db");
  if (existsSync(path)) return path;
  throw new OrchError("not_found", `There is no '${path}': name the database to adopt, as in 'orch adopt FILE'.`);
}

/** Gives the exit code. */
async function shadow(options: SourceOptions & { json: boolean }, io: Io): Promise<number> {
  const { source } = options;
  if (!source?.includes("://")) {
    const sentence =
      "--shadow compares with a running server: give the address of its API, such as http://127.0.0.1:4200/api.";
    throw new OrchError("invalid", sentence);
  }
  const [{ connectPrefect }, { compareSchedules }, { differencesOf, shadowReport }] = await Promise.all([
    import("./server/prefect-api.ts"),
    import("./shadow.ts"),
    import("./shadow-report.ts"),
  ]);
  const api = await connectPrefect(source, { apiKey: await apiKeyOf(options["api-key"], io), clock: systemClock });
  const comparison = await compareSchedules(api, systemClock.now());
  const { compared, lacking } = comparison;
  const differences = differencesOf(compared);
  if (options.json) io.out(json({ source: api.url, differences, deployments: compared, lacking }));
  else for (const line of shadowReport(comparison, api.url, io.columns)) io.out(line);
  return differences === 0 && lacking.length === 0 ? 0 : 1;
}

interface Target {
  path: string;
  home: string;
  isTrial: boolean;
  skipsSealed: boolean;
  io: Io;
}

/** A trial where there is no database yet is made on one that is removed again. */
async function taken(source: Source, { path, ...options }: Target): Promise<Line[]> {
  const { isTrial } = options;
  const scratch = isTrial && !existsSync(path) ? mkdtempSync(join(tmpdir(), "orch-adopt-")) : undefined;
  const target = scratch === undefined ? path : join(scratch, "orch.db");
  try {
    refuseForeignDatabase(path);
    refuseWithoutRoom(source, scratch ?? path);
    await openDatabase(target).close();
    return await takenInto(target, source, options);
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

async function takenInto(path: string, source: Source, options: Omit<Target, "path">): Promise<Line[]> {
  const { home, isTrial, skipsSealed, io } = options;
  const sqlite = connect(path);
  // A trial must not make the home's key.
  const vault = isTrial ? { seal: () => "" } : createVault(home);
  try {
    sqlite.run("pragma cache_size = -64000");
    const tallies = await withProgress(io, systemClock, (show) =>
      takeAll({
        ...{ source, sqlite, vault, isTrial, skipsSealed },
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
function refuseWithoutRoom({ shown, bytes }: Source, target: string): void {
  const needed = 2 * bytes;
  let folder = dirname(target);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  if (needed <= bavail * bsize) return;
  const sentence = `To adopt '${shown}' needs ${sizeText(needed)} in '${folder}', and there are ${sizeText(bavail * bsize)}. Make room first.`;
  throw new OrchError("unavailable", sentence);
}

interface Printing {
  source: Source;
  path: string;
  isTrial: boolean;
  asJson: boolean;
  io: Io;
}

/** Returns the exit code: 1 where some objects could not be read. */
function print(lines: Line[], { source, path, isTrial, asJson, io }: Printing): number {
  const lacking = source.lacking.reduce((sum, { count }) => sum + count, 0);
  if (asJson) io.out(json({ source: source.shown, target: path, dry_run: isTrial, lacking, tables: lines }));
  else for (const line of [...reportTable(lines, isTrial, io.columns), ...lastWords()]) io.out(line);
  if (lacking === 0) return 0;
  const which = asJson ? "" : ", which the lines above name";
  io.err(
    `${lacking === 1 ? "1 object" : `${lacking.toLocaleString("en")} objects`} of '${source.shown}' could not be read${which}. Run orch adopt again when its server can send them, or give its database file: only what is missing is taken.`,
  );
  return 1;

  function lastWords(): string[] {
    const count = lines.reduce((sum, line) => sum + line.taken, 0).toLocaleString("en");
    if (count === "0") return [`Nothing to do: '${path}' has all of '${source.shown}' that can be taken.`];
    if (isTrial) return [`Nothing was changed: ${count} rows of '${source.shown}' would come to '${path}'.`];
    return [
      io.paint.good(`Took over ${count} rows of '${source.shown}' into '${path}'.`),
      ...(source.goesOn ? ["Stop Prefect's server first: it goes on making runs of the same schedules."] : []),
      "Start the server: orch server start",
    ];
  }
}
