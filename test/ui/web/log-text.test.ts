// What the page makes of a log line's text.
import { expect, test } from "bun:test";
import { plain } from "../../../src/ui/pages/flow-run/log-text.ts";

test("colours are left out; what would turn or hide other characters is shown as an escape", () => {
  expect(plain("\x1b[31mred\x1b[0m \u202eevil\u2066 \x07 späße 👍")).toBe("red \\u202eevil\\u2066 \\x07 späße 👍");
});
