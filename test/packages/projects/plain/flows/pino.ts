import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, getRunLogger } from "orch";
import pino from "pino";

/** The transport is a worker thread, which writes the file. */
export const example = flow(async function example(text: string = "hello") {
  const destination = join(mkdtempSync(join(tmpdir(), "pino-")), "out.log");
  const transport = pino.transport({ target: "pino/file", options: { destination } });
  const logger = pino({ base: null, timestamp: false }, transport);
  logger.info({ n: 1 }, text);
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.on("close", resolve);
  transport.end();
  await promise;
  getRunLogger().info(readFileSync(destination, "utf8").trim());
});
