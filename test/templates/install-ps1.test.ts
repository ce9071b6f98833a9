// install.ps1 names the files that a release has, in the form it has them, and keeps to what Windows PowerShell 5.1 knows.
// It is read here, not run: there is no PowerShell on the machines of the tests.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileOf, TARGETS } from "../repo/release/targets.ts";

const script = readFileSync("templates/install.ps1", "utf8");
/** Without comments and the insides of texts. */
const code = script
  .replace(/(?<=^|\s)#.*$/gm, "")
  .replace(/'[^'\n]*'/g, "''")
  .replace(/"[^"\n]*"/g, '""');

test("it takes the archive of Windows, which holds the one program", () => {
  const targets = TARGETS.filter(({ format }) => format === "PE");
  expect(targets.map(({ name }) => name)).toEqual(["windows-x64"]);
  expect(script).toContain("$Archive = 'orch-windows-x64.zip'\n");
  expect(script).toContain("$Program = 'orch-windows-x64.exe'\n");
  expect(targets.map(fileOf)).toEqual(["orch.exe"]);
  expect(script).toContain("Move-Item -LiteralPath (Join-Path $work 'orch.exe')");
});

test("it reads the lines of checksums.txt as a release writes them", () => {
  const [, pattern = ""] = /-match "(\^.*?) {2}\$\(\[regex\]::Escape\(\$Name\)\)\$"/.exec(script) ?? [];
  const digest = new Bun.CryptoHasher("sha256").update("x").digest("hex");
  expect(`${digest}  orch-windows-x64.exe`).toMatch(new RegExp(`${pattern}  orch-windows-x64\\.exe$`));
  expect(script).toContain("Get-FileHash -LiteralPath (Join-Path $work $Name) -Algorithm SHA256");
});

test("the release puts in its version and address, and has to do so once", () => {
  expect(script.split("@VERSION@")).toHaveLength(2);
  expect(script.split("@RELEASES@")).toHaveLength(2);
});

test("5.1 reads it: no letter beyond ASCII, no operator of later versions, TLS 1.2 asked for", () => {
  expect(script).toMatch(/^[\x20-\x7e\n]*$/);
  expect(code).not.toMatch(/&&|\|\||\?\?|\?\.|\s\?\s/);
  expect(script).toContain("[Net.SecurityProtocolType]::Tls12");
  expect(code.match(/Invoke-WebRequest.*/g)).toEqual([expect.stringContaining("-UseBasicParsing")]);
});

test("a part of it does nothing: after its parameters it is one block", () => {
  expect(code.trim()).toMatch(/^param\([^&]*\)\s+& \{\n[\s\S]*\n\}$/);
  for (const [open, close] of [
    ["{", "}"],
    ["(", ")"],
    ["[", "]"],
  ] as const) {
    expect(code.split(open).length).toBe(code.split(close).length);
  }
  // The block's end is the only place where all is closed.
  let depth = 0;
  const closed = [...code.trimEnd()].flatMap((letter, at) => {
    depth += letter === "{" ? 1 : letter === "}" ? -1 : 0;
    return letter === "}" && depth === 0 ? [at] : [];
  });
  expect(closed).toEqual([code.trimEnd().length - 1]);
});

test("paths are taken as they are written, and PATH keeps what it names by %NAME%", () => {
  const cmdlets = code.match(
    /\b(?:Test-Path|Copy-Item|Move-Item|Expand-Archive|Get-ChildItem|Get-Content|Set-Content) -\w+/g,
  );
  expect(cmdlets?.filter((each) => !each.endsWith("-LiteralPath"))).toEqual([]);
  expect(script).toContain("DoNotExpandEnvironmentNames");
  expect(script).toContain("[Microsoft.Win32.RegistryValueKind]::ExpandString");
  expect(script).not.toMatch(/\bsetx\b/i);
});

test("the old program stays until the new one lies beside it, and comes back when the new one does not take its place", () => {
  const steps = [
    "Copy-Item -LiteralPath (Join-Path $work $Program) -Destination $new",
    "Move-Item -LiteralPath $orch -Destination $old -Force",
    "Move-Item -LiteralPath $new -Destination $orch",
    "} catch {",
    "Move-Item -LiteralPath $old -Destination $orch",
    "throw",
    "} finally {",
  ];
  const from = script.indexOf('$new = "$orch.$PID.new"');
  const places = steps.map((step) => script.indexOf(step, from));
  expect(from).toBeGreaterThan(0);
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
