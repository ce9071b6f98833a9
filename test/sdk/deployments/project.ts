// A user's project in a folder of its own, which the process works in until it is closed.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";

const SDK = JSON.stringify(resolve("src/sdk/index.ts"));

export interface Project {
  folder: string;
  write(files: Record<string, string>): void;
  /** What a file exports, with "orch" being the sources' own. */
  load(file: string): Promise<Record<string, FlowDefinition>>;
  close(): void;
}

export function createProject(): Project {
  const before = process.cwd();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-project-")));
  process.chdir(folder);
  return {
    folder,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text.replaceAll('"orch"', SDK));
      }
    },
    load: (file) => import(join(folder, file)),
    close() {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    },
  };
}
