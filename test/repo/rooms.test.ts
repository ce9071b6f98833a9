// The walls of the house: which room may import which. Across rooms imports are written `#room/file.ts`.
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { circlesIn, mutualFolders, readSources } from "./sources.ts";

const ROOMS: Record<string, readonly string[]> = {
  lib: [],
  settings: ["lib"],
  wire: ["lib"],
  // Sources in Python, embedded as text.
  python: [],
  domain: ["wire", "lib"],
  blocks: ["wire", "lib"],
  storage: ["blocks", "wire", "lib"],
  infrastructure: ["python", "domain", "wire", "settings", "lib"],
  db: ["lib"],
  server: ["db", "blocks", "domain", "wire", "settings", "lib"],
  client: ["wire", "settings", "lib"],
  project: ["python", "client", "storage", "blocks", "domain", "wire", "settings", "lib"],
  engine: ["project", "client", "storage", "blocks", "domain", "wire", "settings", "lib"],
  sdk: ["engine", "project", "client", "storage", "infrastructure", "blocks", "domain", "wire", "lib"],
  agent: ["client", "infrastructure", "blocks", "domain", "wire", "settings", "lib"],
  // Of these only what PURE names, types, and what the bundler runs as a macro.
  ui: ["wire", "lib"],
  cli: [
    ...["lib", "settings", "wire", "domain", "blocks", "storage", "infrastructure", "db", "server"],
    ...["client", "python", "project", "engine", "sdk", "agent"],
  ],
};

const IMPORT = /(?:from|import\()\s*"(#|\.\.?\/)([^"]+)"/g;
const LONGEST_FILE = 400;

/** What runs in a browser too, without schemas: values of these files may be imported by the web UI. */
const PURE = new Set([
  "lib/json.ts",
  "lib/text/visible.ts",
  "lib/own.ts",
  "lib/text/page-addresses.ts",
  "lib/text/path-part.ts",
  "lib/time/agent-silence.ts",
  "lib/time/timestamps.ts",
  "lib/text/words-of-numbers.ts",
  "lib/text/words-of-time.ts",
  "wire/problems.ts",
]);

for (const [room, allowed] of Object.entries(ROOMS)) {
  test(`${room} imports only ${allowed.join(", ") || "nothing"}`, async () => {
    const broken: string[] = [];
    for await (const file of new Glob(`${room}/**/*.{ts,tsx}`).scan("src")) {
      const source = await Bun.file(`src/${file}`).text();
      for (const [, kind, path = ""] of source.matchAll(IMPORT)) {
        const target = kind === "#" ? path.split("/")[0] : leavesRoom(file, `${kind}${path}`) ? "outside" : room;
        if (target !== room && !allowed.includes(target ?? "")) broken.push(`${file} imports ${kind}${path}`);
        if (kind === "#" && target === room) broken.push(`${file} imports its own room as #${path}: write ./`);
      }
    }
    expect(broken).toEqual([]);
  });
}

/** What is embedded: the templates by the CLI; the version and what the build made by any room. */
const TEMPLATE = /^(?:\.\.\/){2,4}templates\/.+$/;
const VERSION = /^(?:\.\.\/){2,4}package\.json$/;
const MADE = /^(?:\.\.\/){2,4}dist\/assets\/.+$/;

/** `../` is for subfolders of the same room only. */
function leavesRoom(file: string, path: string): boolean {
  if (MADE.test(path) || VERSION.test(path) || (file.startsWith("cli/") && TEMPLATE.test(path))) return false;
  const up = path.split("/").filter((part) => part === "..").length;
  return up > file.split("/").length - 2;
}

const STATEMENT = /^import (type )?[^"]*?from "#([^"]+)"( with \{ type: "macro" \})?/gm;

test("ui imports types, macros and pure files alone", async () => {
  const broken: string[] = [];
  for await (const file of new Glob("ui/**/*.{ts,tsx}").scan("src")) {
    const source = await Bun.file(`src/${file}`).text();
    for (const [, isType, path = "", isMacro] of source.matchAll(STATEMENT)) {
      if (!isType && !isMacro && !PURE.has(path)) broken.push(`${file} imports a value of #${path}`);
    }
  }
  expect(broken).toEqual([]);
});

test("every folder of src is a room of the table", async () => {
  const folders = new Set<string>();
  for await (const file of new Glob("*/**").scan("src")) folders.add(file.split("/")[0] ?? "");
  expect([...folders].filter((folder) => !(folder in ROOMS))).toEqual([]);
});

test(`no source file is longer than ${LONGEST_FILE} lines, none lies deeper than three folders`, async () => {
  const broken: string[] = [];
  for await (const file of new Glob("**/*.{ts,tsx}").scan("src")) {
    const lines = (await Bun.file(`src/${file}`).text()).split("\n").length;
    if (lines > LONGEST_FILE) broken.push(`${file}: ${lines} lines`);
    if (file.split("/").length > 4) broken.push(`${file}: too deep`);
  }
  expect(broken).toEqual([]);
});

const MOST_FILES = 20;

test(`no folder of src has more than ${MOST_FILES} source files`, async () => {
  const counts = new Map<string, number>();
  for await (const file of new Glob("**/*.{ts,tsx}").scan("src")) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

/** What the commands share: it imports no command. */
const SHARED_BY_COMMANDS = ["kit", "options", "terminal"];

test(`${SHARED_BY_COMMANDS.join(", ")} of cli import from one another alone`, async () => {
  const broken: string[] = [];
  for (const folder of SHARED_BY_COMMANDS) {
    for await (const file of new Glob(`cli/${folder}/*.ts`).scan("src")) {
      const source = await Bun.file(`src/${file}`).text();
      for (const [, kind, path = ""] of source.matchAll(IMPORT)) {
        if (kind !== "../" || path.startsWith("../")) continue;
        if (!SHARED_BY_COMMANDS.some((shared) => path.startsWith(`${shared}/`)))
          broken.push(`${file} imports ../${path}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

/**
 * The layers of rooms that have many folders: each folder imports from its own layer and those above it in the list. Folders of one
 * layer do not import each other mutually. The last one is the files in the room itself.
 */
const LAYERS: Record<string, readonly (readonly string[])[]> = {
  server: [
    ["http", "kernel"],
    [
      ...["admin", "agents", "artifacts", "attempts", "blocks", "concurrency-limits", "events", "flow-run-inputs"],
      ...["flow-run-pages", "flow-run-stories", "flow-runs", "flows", "global-concurrency-limits", "heartbeats"],
      ...["history", "log-windows", "logs", "long-polls", "metrics", "notifications", "retention", "run-policies"],
      ...[
        "saved-searches",
        "search",
        "states",
        "task-runs",
        "timelines",
        "ui",
        "variables",
        "work-pools",
        "work-queues",
      ],
    ],
    ["orchestration/rules"],
    ["orchestration"],
    ["bulk", "deployment-activity", "deployments"],
    ["slow-reads"],
    ["loops", "schedule-previews"],
    ["routes", "routes/deployments", "routes/pools", "routes/runs"],
    ["."],
  ],
  engine: [["session"], ["logs"], ["results"], ["run"], ["task"], ["flow"], ["process"], ["."]],
};

for (const [room, layers] of Object.entries(LAYERS)) {
  test(`folders of ${room} import along their layers`, async () => {
    const sources = await readSources();
    const layerOf = (path: string) => layers.findIndex((layer) => layer.includes(folderIn(room, path)));
    const inside = (path: string) => path.startsWith(`${room}/`);
    const arrows = sources
      .filter(({ path }) => inside(path))
      .flatMap(({ path, imports }) => imports.filter(inside).map((target) => ({ path, target })));
    const upward = arrows.filter(({ path, target }) => layerOf(target) > layerOf(path));
    const unknown = sources.filter(({ path }) => inside(path) && layerOf(path) === -1);
    expect(unknown.map(({ path }) => path)).toEqual([]);
    expect(upward.map(({ path, target }) => `${path} imports ${target}`)).toEqual([]);
    expect(mutualFolders(sources.filter(({ path }) => inside(path)))).toEqual([]);
  });
}

/** `runs` for `server/runs/store.ts`, `.` for `server/app.ts`. */
function folderIn(room: string, path: string): string {
  const folder = path
    .slice(room.length + 1)
    .split("/")
    .slice(0, -1)
    .join("/");
  return folder === "" ? "." : folder;
}

test("no source files import each other in a circle, types included", async () => {
  const sources = await readSources();
  expect(circlesIn(new Map(sources.map(({ path, imports }) => [path, imports])))).toEqual([]);
});
