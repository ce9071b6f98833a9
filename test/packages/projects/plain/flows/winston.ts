import { Writable } from "node:stream";
import { flow, getRunLogger } from "orch";
import winston from "winston";

export const example = flow(async function example(text: string = "hello") {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trim());
      done();
    },
  });
  const logger = winston.createLogger({
    format: winston.format.combine(winston.format.splat(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream })],
  });
  logger.warn("%s %d", text, 42, { user: "ada" });
  getRunLogger().info(lines.join());
});
