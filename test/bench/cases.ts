// What is measured. A case sets up one product, measures it, and says what it saw; run.ts does so for each and compares.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { agentsCase } from "./cases/agents.ts";
import { commandCases } from "./cases/commands.ts";
import { containersCase } from "./cases/containers.ts";
import { millionCase } from "./cases/million.ts";
import { largeTransfersCase, objectStoresCase } from "./cases/object-stores.ts";
import { pythonCase } from "./cases/python.ts";
import { requestCases } from "./cases/requests.ts";
import { runCases } from "./cases/runs.ts";
import { schedulerCase } from "./cases/scheduler.ts";
import { uploadCase } from "./cases/uploads.ts";
import { webUiCase } from "./cases/web-ui.ts";
import type { Product } from "./product.ts";
import type { Unit } from "./stats.ts";

export interface Figure {
  what: string;
  unit: Unit;
  value: number;
  /** Milliseconds: of one command, request or run, as `what` says. */
  cpu?: number;
  budget?: string;
}

export interface Case {
  name: string;
  /** Figures come in the same order for both products. `program`: orch's executable. */
  measure(product: Product, options: { quick: boolean; program: string }): Promise<Figure[]>;
  /** Only orch has it. */
  orchOnly?: true;
}

const sizeCase: Case = {
  name: "size",
  async measure({ name, command: [program = ""] }, { quick }) {
    if (name === "Prefect") {
      return [{ what: "executable on disk", unit: "MB", value: folderBytes(join(program, "../../lib")) / 1e6 }];
    }
    const bytes = await Bun.file(program).bytes();
    const level = quick ? 3 : 19;
    const packed = (await Bun.zstdCompress(bytes, { level })).length;
    return [
      { what: "executable on disk", unit: "MB", value: bytes.length / 1e6, budget: "≤ 120 MB" },
      { what: `executable packed (zstd -${level})`, unit: "MB", value: packed / 1e6, budget: "≤ 45 MB" },
    ];
  },
};

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

export const CASES: readonly Case[] = [
  // First, while this process is small: the kernel counts its memory as a child's until that is a program of its own.
  uploadCase,
  objectStoresCase,
  largeTransfersCase,
  ...commandCases,
  sizeCase,
  ...runCases,
  containersCase,
  pythonCase,
  ...requestCases,
  schedulerCase,
  agentsCase,
  millionCase,
  webUiCase,
];
