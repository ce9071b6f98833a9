// A project on its way to local storage, beside `cp -r` of the same tree. The upload also reads each file for its digest and
// is on the disk when it ends; so is the second copy, by `sync`.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Case, Figure } from "../cases.ts";
import { type Finished, runCommand } from "../processes.ts";
import { createBed } from "../product.ts";
import { median } from "../stats.ts";

interface Tree {
  what: string;
  write(folder: string): void;
}

const MEGABYTE = 1_000_000;

function manyFiles(count: number): Tree {
  return {
    what: `${count} small files`,
    write(folder) {
      for (let n = 0; n < count; n += 1) {
        const directory = join(folder, `d${Math.floor(n / 100)}`);
        if (n % 100 === 0) mkdirSync(directory);
        writeFileSync(join(directory, `f${n}.txt`), `file ${n}\n`.repeat(1 + (n % 200)));
      }
    },
  };
}

function bigFiles(megabytes: number): Tree {
  return {
    what: `a tree of ${megabytes} MB`,
    write(folder) {
      const chunk = crypto.getRandomValues(new Uint8Array(50_000));
      for (let n = 0; n < 10; n += 1) {
        const file = openSync(join(folder, `big${n}`), "w");
        for (let written = 0; written < (megabytes / 10) * MEGABYTE; written += chunk.length) writeSync(file, chunk);
        closeSync(file);
      }
    },
  };
}

const middle = (runs: readonly Finished[], of: (run: Finished) => number) => median(runs.map(of));

export const uploadCase: Case = {
  name: "upload",
  orchOnly: true,
  async measure(product, { quick }) {
    const trees = quick ? [manyFiles(1_000), bigFiles(100)] : [manyFiles(10_000), bigFiles(1_000)];
    const figures: Figure[] = [];
    for (const tree of trees) {
      const bed = await createBed(product);
      const options = { env: { PATH: process.env["PATH"] ?? "" }, cwd: bed.folder };
      try {
        await bed.startServer();
        tree.write(bed.folder);
        await runCommand(["sync"], options);
        const [uploads, copies, kept] = [[] as Finished[], [] as Finished[], [] as Finished[]];
        // Nothing is removed in between: a file system that reuses what was just freed is up to ten times slower.
        for (let round = 0; round < (quick ? 1 : 3); round += 1) {
          copies.push(await runCommand(["cp", "-r", ".", `../copy${round}`], options));
          await runCommand(["sync"], options);
          kept.push(await runCommand(["sh", "-c", `cp -r . ../kept${round} && sync -f ../kept${round}`], options));
          // Another tree each time: the same one is known and not copied at all.
          writeFileSync(join(bed.folder, "round"), String(round));
          uploads.push(await bed.run("deployment", "build", product.entry("noop"), "-n", "bench"));
          await runCommand(["sync"], options);
        }
        const again = await bed.run("deployment", "build", product.entry("noop"), "-n", "bench");
        const upload = middle(uploads, ({ wall }) => wall);
        const ratio = (of: Finished[]) => `${(upload / middle(of, ({ wall }) => wall)).toFixed(1)}×`;
        figures.push(
          { what: `upload of ${tree.what}`, unit: "ms", value: upload, cpu: middle(uploads, ({ cpu }) => cpu) },
          {
            what: `\`cp -r\` of ${tree.what} (the upload: ${ratio(copies)})`,
            unit: "ms",
            value: middle(copies, ({ wall }) => wall),
            cpu: middle(copies, ({ cpu }) => cpu),
          },
          {
            what: `\`cp -r\` and \`sync\` of ${tree.what} (the upload: ${ratio(kept)})`,
            unit: "ms",
            value: middle(kept, ({ wall }) => wall),
            cpu: middle(kept, ({ cpu }) => cpu),
          },
          { what: `upload of ${tree.what}, unchanged`, unit: "ms", value: again.wall, cpu: again.cpu },
          {
            what: `upload of ${tree.what}, memory`,
            unit: "MB",
            value: middle(uploads, ({ memory }) => memory),
            budget: "≤ 150 MB",
          },
        );
      } finally {
        await bed.close();
      }
    }
    return figures;
  },
};
