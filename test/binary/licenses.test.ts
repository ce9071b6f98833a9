// What the executable says about itself: what is inside of it, and whether it is what was released.
import { afterAll, expect, test } from "bun:test";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

test("licenses lists packages with version and license, and prints their texts", async () => {
  const { stdout, code } = await sandbox.orch(["licenses"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^orch +\d+\.\d+\.\d+ +Apache-2\.0\nbun +\d+\.\d+\.\d+ +MIT AND LGPL/);
  expect(stdout).toMatch(/^preact +[\d.]+ +MIT$/m);
  expect(stdout).toMatch(/^typescript +[\d.]+ +Apache-2\.0$/m);
  expect(stdout).not.toContain("playwright");
  const one = await sandbox.orch(["licenses", "preact"]);
  expect(one.stdout).toMatch(/^preact [\d.]+: MIT\n\n[\s\S]*Permission is hereby granted/);
  const all = await sandbox.orch(["licenses", "--all"]);
  expect(all.stdout).toContain("JavaScriptCore");
  expect(all.stdout).toContain("Apache License");
  const records = JSON.parse((await sandbox.orch(["licenses", "--json"])).stdout) as {
    name: string;
    license: string;
  }[];
  expect(records.filter(({ name, license }) => !name || !license)).toEqual([]);
});

test("installing b: the text of Bun is its own page, of its version, with the whole texts of its licenses", async () => {
  const { stdout, code } = await sandbox.orch(["licenses", "bun"]);
  expect(code).toBe(0);
  expect(stdout).toStartWith(`bun ${Bun.version}: MIT AND LGPL-2.0-or-later\n`);
  const page = readFileSync("node_modules/bun-types/docs/project/license.mdx", "utf8");
  expect(stdout).toContain(page.slice(page.indexOf("Bun itself is MIT-licensed.")));
  for (const whole of ["lgpl-2.0.txt", "lgpl-2.1.txt"]) {
    expect(stdout).toContain(readFileSync(`templates/licenses/${whole}`, "utf8").trim());
  }
  expect(stdout).toMatch(/GNU LIBRARY GENERAL PUBLIC LICENSE[\s\S]*END OF TERMS AND CONDITIONS/);
  expect(stdout).toMatch(/Permission is hereby granted[\s\S]*WITHOUT WARRANTY OF ANY KIND/);
});

test("licenses refuses a package that is not inside", async () => {
  expect(await sandbox.orch(["licenses", "left-pad"])).toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: "There is no package 'left-pad' in this executable. 'orch licenses' lists those there are.\n",
  });
});

test("version --verify compares the executable with the manifest, and says where it looked", async () => {
  const folder = join(sandbox.folder, "prefix/bin");
  mkdirSync(folder, { recursive: true });
  const orch = join(folder, "orch");
  copyFileSync("dist/orch", orch);
  const verify = (...words: string[]) => sandbox.shell(`'${orch}' version --verify ${words.join(" ")}`);

  const none = await verify();
  expect(none).toMatchObject({ code: 1, stdout: "" });
  expect(none.stderr).toContain(
    `neither '${folder}/checksums.txt' nor '${folder.slice(0, -4)}/share/orch/checksums.txt' exists`,
  );

  const digest = new Bun.CryptoHasher("sha256").update(await Bun.file(orch).bytes()).digest("hex");
  writeFileSync(join(sandbox.folder, "list.txt"), `${"0".repeat(64)}  other\n${digest}  orch-linux-x64\n`);
  const good = await verify("--manifest", "list.txt");
  expect(good).toMatchObject({ code: 0, stderr: "" });
  expect(good.stdout).toContain("is unchanged: it is 'orch-linux-x64' of");

  for (const place of [join(folder, "checksums.txt"), join(sandbox.folder, "prefix/share/orch/checksums.txt")]) {
    mkdirSync(join(place, ".."), { recursive: true });
    writeFileSync(place, `${digest}  orch-linux-x64\n`);
    expect(await verify()).toMatchObject({ code: 0 });
    await sandbox.shell(`rm '${place}'`);
  }

  writeFileSync(join(sandbox.folder, "page.html"), "<html>Not found</html>\n");
  expect((await verify("--manifest", "page.html")).stderr).toContain("is no list of checksums");
  writeFileSync(join(sandbox.folder, "list.bin"), new Uint8Array([0, 255, 254]));
  for (const [place, sentence] of [
    ["nowhere.txt", "There is no file 'nowhere.txt'. It was to be read for --manifest."],
    ["prefix", "'prefix' is a folder. It was to be read for --manifest."],
    ["list.bin", "The file 'list.bin' for --manifest is no text in UTF-8."],
    ["/dev/null", "'/dev/null' is no list of checksums: each line has a SHA-256 and the name of a file."],
    ["/dev/zero", "The file '/dev/zero' for --manifest holds more than 8 MB, the most that a request may hold."],
  ]) {
    expect(await verify("--manifest", place ?? "")).toEqual({ code: 1, stdout: "", stderr: `${sentence}\n` });
  }

  appendFileSync(orch, "x");
  const changed = await verify("--manifest", "list.txt");
  expect(changed).toMatchObject({ code: 1, stdout: "" });
  expect(changed.stderr).toContain("it was changed, or is of another release");
});
