// Requests made up from our OpenAPI document, good and bad: no answer is a 5xx, none has a status, a type or a shape that
// the document does not have.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { pythonEnvironment } from "../python.ts";

const SCHEMATHESIS = { name: "schemathesis-4.32.5", program: "schemathesis", packages: ["schemathesis==4.32.5"] };
const environment = await pythonEnvironment(SCHEMATHESIS).catch((error) => {
  console.log(`Skipped: schemathesis cannot be installed here. ${error}`);
});

const CHECKS = [
  ...["not_a_server_error", "status_code_conformance", "content_type_conformance"],
  ...["response_headers_conformance", "response_schema_conformance"],
];
const EXAMPLES = 10_000;

test.skipIf(!environment)(
  `${EXAMPLES} made-up requests get answers that the document has`,
  async () => {
    const sandbox = createSandbox();
    try {
      const server = sandbox.start(["server", "start", "--port", "0", "--no-services"]);
      const url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
      const options = [
        "--checks",
        CHECKS.join(","),
        "--phases",
        "coverage,fuzzing",
        "-n",
        "30",
        "--generation-deterministic",
      ];
      const command = [join(environment ?? "", "bin/schemathesis"), "run", `${url}/openapi.json`, ...options];
      const child = Bun.spawn([...command, "--workers", "2", "--continue-on-failure"], {
        ...{ env: { HOME: sandbox.home, PATH: "/usr/bin:/bin" }, cwd: sandbox.folder },
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      const output = await new Response(child.stdout).text();
      const failures = /^=+ FAILURES =+\n([\s\S]*?)^=+ /m.exec(output)?.[1] ?? "";
      expect(failures).toBe("");
      expect(await child.exited).toBe(0);
      expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThanOrEqual(EXAMPLES);
      // And it goes on.
      expect(await (await fetch(`${url}/api/health`)).json()).toBe(true);
      expect(server.output()).not.toContain("failed:");
    } finally {
      await sandbox.close();
    }
  },
  600_000,
);
