// `bun run bench [--quick] [--only NAME] [--no-prefect] [--orch PATH] [--json FILE]`: orch beside Prefect 2.10.4, measured one after
// the other on this machine. ORCH_BENCH_PREFECT names an environment that has it; without, one is made in the cache folder.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASES, type Case, type Figure } from "./cases.ts";
import { prefectEnvironment } from "./environment.ts";
import { orchProduct, type Product, prefectProduct } from "./product.ts";
import { markdownTable, ratio, show } from "./stats.ts";

const HEAD = ["What", "orch", "CPU", "Prefect 2.10.4", "CPU", "orch / Prefect", "CPU", "budget"];

interface Row {
  what: string;
  orch?: Figure | undefined;
  prefect?: Figure | undefined;
}

async function measure(one: Case, product: Product, options: { quick: boolean; program: string }): Promise<Figure[]> {
  const begin = performance.now();
  try {
    return await one.measure(product, options);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${one.name} of ${product.name} failed: ${error instanceof Error ? error.message : error}`);
    return [];
  } finally {
    console.error(`${one.name} of ${product.name}: ${show(performance.now() - begin, "ms")}`);
  }
}

export function rowsOf(orch: readonly Figure[], prefect: readonly Figure[]): Row[] {
  const names = [...new Set([...orch, ...prefect].map(({ what }) => what))];
  const find = (figures: readonly Figure[], what: string) => figures.find((figure) => figure.what === what);
  return names.map((what) => ({ what, orch: find(orch, what), prefect: find(prefect, what) }));
}

export function cellsOf({ what, orch, prefect }: Row): string[] {
  const value = (figure: Figure | undefined) => show(figure?.value, figure?.unit ?? "ms");
  return [
    what,
    value(orch),
    show(orch?.cpu, "ms"),
    value(prefect),
    show(prefect?.cpu, "ms"),
    ratio(orch?.value, prefect?.value),
    ratio(orch?.cpu, prefect?.cpu),
    orch?.budget ?? "",
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      "no-prefect": { type: "boolean", default: false },
      orch: { type: "string", default: "dist/orch" },
      json: { type: "string" },
    },
  });
  const wanted = CASES.filter(({ name }) => !values.only || values.only.includes(name));
  if (wanted.length === 0)
    throw new Error(`There is no such case. There are: ${CASES.map(({ name }) => name).join(", ")}`);
  const program = resolve(values.orch);
  const orch = existsSync(program) ? orchProduct([program]) : undefined;
  if (!orch) console.error(`${program} is not there: run 'bun run build' first. Measuring Prefect alone.`);
  const prefect = values["no-prefect"] ? undefined : prefectProduct(await prefectEnvironment());
  const options = { quick: values.quick, program };
  const rows: Row[] = [];
  for (const one of wanted) {
    const ours = orch ? await measure(one, orch, options) : [];
    const theirs = prefect && !one.orchOnly ? await measure(one, prefect, options) : [];
    rows.push(...rowsOf(ours, theirs));
  }
  console.log(markdownTable(HEAD, rows.map(cellsOf)));
  if (values.json) await Bun.write(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

if (import.meta.main) await main();
