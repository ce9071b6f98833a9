// How the database means to answer what a store asks: which indexes it uses, and whether it sorts.
import type { Reader } from "#db/connect.ts";
import type { TestApp } from "../app.ts";

/** The plan of each statement that `work` reads with, one line each. Nothing is read: `work` finds no rows. */
export async function plansOf(app: TestApp, work: (q: Reader) => unknown): Promise<string[]> {
  const plans: string[] = [];
  await app.db.read((q) => {
    const explain = (sql: string, params: Parameters<Reader["all"]>[1][]) => {
      const steps = q.all<{ detail: string }>(`explain query plan ${sql}`, ...params);
      plans.push(steps.map(({ detail }) => detail).join("; "));
    };
    work({
      all(sql, ...params) {
        explain(sql, params);
        return [];
      },
      get(sql, ...params) {
        explain(sql, params);
        return undefined;
      },
      each(sql, ...params) {
        explain(sql, params);
        return [];
      },
    });
  });
  return plans;
}
