import { Redis } from "ioredis";
import { flow, getRunLogger } from "orch";

/** `socket` is the path of the server's socket. */
export const example = flow(async function example(socket: string) {
  const redis = new Redis({ path: socket });
  const replies = await redis.pipeline().rpush("jobs", "a", "b", "c").lpop("jobs").llen("jobs").exec();
  getRunLogger().info(JSON.stringify(replies?.map(([, reply]) => reply)));
  await redis.quit();
});
