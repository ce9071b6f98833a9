import { flow, getRunLogger, task } from "orch";

const greet = task(
  async function greet(name: string) {
    getRunLogger().info(`hi ${name}`);
  },
  { retries: 2, retryDelaySeconds: 1 },
);

/**
 * Says hello.
 * @param name who is greeted
 */
export const sayHi = flow(async function sayHi(name: string = "Marvin") {
  await greet(name);
});
