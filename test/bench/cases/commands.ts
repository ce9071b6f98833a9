// Starting things: the server, the CLI's commands; and what an idle server holds.
import type { Case } from "../cases.ts";
import { createBed, type Product } from "../product.ts";
import { median } from "../stats.ts";

/** Slow starters are started less often. */
function repeats({ name }: Product, quick: boolean): number {
  return name === "orch" ? (quick ? 5 : 15) : quick ? 1 : 3;
}

const startCase: Case = {
  name: "start",
  async measure(product, { quick }) {
    const figures = {
      fresh: [] as number[],
      again: [] as number[],
      freshCpu: [] as number[],
      againCpu: [] as number[],
    };
    for (let round = 0; round < repeats(product, quick); round += 1) {
      const bed = await createBed(product);
      try {
        const first = await bed.startServer();
        figures.fresh.push(first.wall);
        figures.freshCpu.push(first.server.cpu());
        await first.server.stop();
        const second = await bed.startServer();
        figures.again.push(second.wall);
        figures.againCpu.push(second.server.cpu());
      } finally {
        await bed.close();
      }
    }
    const start = "start to first healthy answer";
    return [
      {
        what: `${start}, new home`,
        unit: "ms",
        value: median(figures.fresh),
        cpu: median(figures.freshCpu),
        budget: "≤ 100 ms",
      },
      {
        what: `${start}, existing home`,
        unit: "ms",
        value: median(figures.again),
        cpu: median(figures.againCpu),
        budget: "≤ 60 ms",
      },
    ];
  },
};

const cliCase: Case = {
  name: "cli",
  async measure(product, { quick }) {
    const bed = await createBed(product);
    try {
      await bed.startServer();
      await bed.deploy("noop");
      const build = ["deployment", "build", product.entry("noop"), "-n", "bench", "-q", "bench", "-a"];
      const commands: [what: string, args: string[], budget: string][] = [
        ["`version`", ["version"], "≤ 10 ms CPU"],
        ["`deployment ls`", ["deployment", "ls"], "≤ 20 ms CPU"],
        ["`deployment build -a` of one flow", build, "≤ 150 ms"],
      ];
      const figures = [];
      for (const [what, args, budget] of commands) {
        const runs = [];
        for (let round = 0; round <= repeats(product, quick); round += 1) runs.push(await bed.run(...args));
        const counted = runs.slice(1); // the first one warms the disk's cache
        const cpu = median(counted.map((run) => run.cpu));
        figures.push({ what, unit: "ms" as const, value: median(counted.map((run) => run.wall)), cpu, budget });
      }
      return figures;
    } finally {
      await bed.close();
    }
  },
};

const memoryCase: Case = {
  name: "memory",
  async measure(product) {
    const bed = await createBed(product);
    try {
      const { server } = await bed.startServer();
      await Bun.sleep(5_000);
      return [{ what: "server idle memory, all processes", unit: "MB", value: server.memory(), budget: "≤ 70 MB" }];
    } finally {
      await bed.close();
    }
  },
};

export const commandCases: readonly Case[] = [startCase, cliCase, memoryCase];
