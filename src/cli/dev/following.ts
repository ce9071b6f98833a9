// `orch dev` on a folder of this machine: its files, its ignore rules, a process for each look at a flow.
import { relative } from "node:path";
import { systemClock } from "#lib/clock.ts";
import type { Service } from "#lib/loop.ts";
import { readIgnoreFile } from "#project/packing/ignore.ts";
import type { Settings } from "#settings/table.ts";
import { MODULES } from "#storage/transfer/list.ts";
import type { Io } from "../kit/command.ts";
import { describeInProcess } from "./described.ts";
import { type Follower, type FollowOptions, followProject } from "./follow.ts";
import { readProject } from "./project.ts";
import { createRestorer } from "./restore.ts";
import { createSaves } from "./saves.ts";
import { checkFiles, createTypeCheck } from "./type-check.ts";
import { createUnnamedFiles } from "./unnamed-files.ts";

export interface FollowingOptions extends Pick<FollowOptions, "client" | "onQueue"> {
  folder: string;
  settings: Settings;
  io: Pick<Io, "out" | "err" | "env">;
}

export function openFollowing({ folder, settings, io, client, onQueue }: FollowingOptions): Service {
  const stopping = new AbortController();
  const { signal } = stopping;
  const restorer = createRestorer({ client, home: settings.ORCH_HOME, io });
  const types = createTypeCheck({ folder, io, signal });
  const here = new Set<string>();
  const follower = followProject({
    ...{ folder, client, io, onQueue, signal, restorer, onCode: types.look },
    read: () => readProject(folder, settings, here),
    describe: describeInProcess({ folder, env: io.env, signal: stopping.signal }),
  });
  const skips = () => skippedFolders(folder, settings);
  const unnamed = createUnnamedFiles({
    ...{ folder, io, skips, signal, named: follower.files },
    async problemsOf(files) {
      await types.settled(); // a check takes a core and 200 MB
      return checkFiles(files, { folder, io, signal });
    },
  });
  const both: Follower = {
    files: follower.files,
    async pass(changed) {
      await follower.pass(changed);
      unnamed.look(changed);
    },
  };
  const saves = createSaves({ folder, clock: systemClock, follower: both, skips, log: io.err });
  return {
    start: saves.start,
    async stop() {
      stopping.abort();
      await saves.stop();
      await Promise.all([types.settled(), unnamed.settled()]);
      await restorer.restore();
    },
  };
}

/** What never belongs to a project, whatever its ignore file says; the home changes with every run. */
export function skippedFolders(folder: string, settings: Settings): (path: string) => boolean {
  const rules = readIgnoreFile(folder);
  const ours = new Set([settings.ORCH_HOME, settings.ORCH_LOCAL_STORAGE_PATH]);
  const never = new RegExp(`(?:^|/)(?:${MODULES}|\\.git)$`);
  return (path) => {
    const way = relative(folder, path);
    return ours.has(path) || never.test(way) || rules(`${way}/`);
  };
}
