import { DuckDBInstance } from "@duckdb/node-api";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(rows: number = 1000) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`select sum(range)::integer as total from range(${rows})`);
  getRunLogger().info(`total ${JSON.stringify(reader.getRowObjects())}`);
  connection.closeSync();
});
