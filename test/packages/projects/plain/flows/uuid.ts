import { customAlphabet, nanoid } from "nanoid";
import { flow, getRunLogger } from "orch";
import { v5, v7, validate, version } from "uuid";

export const example = flow(async function example(name: string = "example.org") {
  const short = customAlphabet("ab", 5)();
  getRunLogger().info(
    `${v5(name, v5.DNS)} ${version(v7())} ${validate("x")} ${nanoid().length} ${/^[ab]{5}$/.test(short)}`,
  );
});
