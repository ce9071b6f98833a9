// Sees what is saved below a folder, without looking: one watcher for each folder, because editors save by renaming, which a
// watcher of the file itself would lose.
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { dirname, join, sep } from "node:path";
import { messageOf } from "#lib/errors.ts";

export interface WatchOptions {
  folder: string;
  /** Folders that are not looked into, by their absolute path. */
  skips: (path: string) => boolean;
  /** An absolute path that was written, made or removed. More than once for one save. */
  onChange: (path: string) => void;
  /** Some folders cannot be watched; said once. */
  onTrouble: (sentence: string) => void;
}

export interface FolderWatch {
  /** Sees these files too, wherever they are. */
  follow(files: Iterable<string>): void;
  /** Finds folders whose making went unseen: the system tells of two things in one millisecond as of one. */
  rescan(): void;
  close(): void;
}

interface Watched {
  watcher: FSWatcher;
  /** Another one for a folder that was removed and made again. */
  identity: string;
}

export function watchFolder({ folder, skips, onChange, onTrouble }: WatchOptions): FolderWatch {
  const inside = new Map<string, Watched>();
  const outside = new Map<string, Watched>();
  const followed = new Set<string>();
  let inTrouble = false;

  function open(watchers: Map<string, Watched>, path: string, onName: (name: string) => void): boolean {
    try {
      const identity = identityOf(path);
      const watcher = watch(path, (_, name) => onName(String(name ?? "")));
      watcher.on("error", () => forget(watchers, path));
      watchers.set(path, { watcher, identity });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      if (!inTrouble) onTrouble(`Changes in '${path}' and others are not seen: ${messageOf(error)}`);
      inTrouble = true;
      return false;
    }
  }

  function forget(watchers: Map<string, Watched>, path: string): void {
    for (const [at, { watcher }] of watchers) {
      if (at !== path && !at.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(at);
    }
  }

  /** Watches all folders from here on; `found` gets the files of those that were not watched before. */
  function visit(path: string, found: (file: string) => void): void {
    const isNew = inside.get(path)?.identity !== identityOf(path);
    if (isNew) forget(inside, path);
    if (isNew && !open(inside, path, (name) => onName(path, name))) return;
    for (const entry of entriesOf(path)) {
      const place = join(path, entry.name);
      if (entry.isDirectory() && !skips(place)) visit(place, found);
      if (isNew && !entry.isDirectory()) found(place);
    }
  }

  function onName(path: string, name: string): void {
    const place = join(path, name);
    const info = statSync(place, { throwIfNoEntry: false });
    // A folder that was removed, or moved away and made again, has another watcher or none.
    if (!info) forget(inside, place);
    if (info?.isDirectory()) {
      if (place === path || skips(place)) return;
      // What was in it before it was watched is new as well.
      visit(place, onChange);
    }
    onChange(place);
  }

  visit(folder, () => {});
  return {
    follow(files) {
      for (const file of files) {
        const place = dirname(file);
        if (inside.has(place)) continue;
        followed.add(file);
        if (outside.has(place)) continue;
        open(outside, place, (name) => {
          if (followed.has(join(place, name))) onChange(join(place, name));
        });
      }
    },
    rescan: () => visit(folder, onChange),
    close() {
      for (const watchers of [inside, outside]) for (const path of [...watchers.keys()]) forget(watchers, path);
    },
  };
}

/** With the time of birth: inodes are used again at once. */
function identityOf(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? `${info.ino} ${info.birthtimeMs}` : "none";
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // it went as it was found
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
