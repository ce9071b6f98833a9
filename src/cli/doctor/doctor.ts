// `orch doctor`: what this installation stands on, line by line, and how to mend what is wrong.
import { join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { userHome } from "#lib/process/user-home.ts";
import { command, type Io, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { VERSION_LINE } from "../version/version.ts";
import { type Finding, wrong } from "./finding.ts";

export const doctor = command({
  description:
    "Find problems of this installation and explain how to fix them: home folder, database, server and settings.",
  examples: ["orch doctor", "orch doctor --json"],
  mendsSettings: "all",
  options: JSON_OPTION,
  async run({ options, io, loaded: { settings } }) {
    const home = settings.ORCH_HOME;
    const [
      { checkDatabase, checkDisk, checkEncryptionKey, checkHome, noticePrefect },
      { checkServer },
      { checkZones },
      { checkUv },
      own,
    ] = await Promise.all([
      import("./home.ts"),
      import("./server.ts"),
      import("./zones.ts"),
      import("./uv.ts"),
      import("./settings.ts"),
    ]);
    const { finding: database, report } = checkDatabase(home);
    const findings: Finding[] = [
      ...seen("home", () => [checkHome(home)]),
      database,
      ...noticePrefect(home, userHome(io.env)),
      ...(await checkServer(settings)),
      ...seen("profile", () => own.checkProfile(join(home, "profiles.toml"), io.env)),
      ...own.checkEnvironment(io.env),
      ...seen("encryption key", () => [checkEncryptionKey(home, report?.blocks ?? 0)]),
      ...seen("disk", () => [checkDisk(home)]),
      checkZones(io.env["TZ"]),
      ...seen("uv", () => checkUv(settings.ORCH_PYTHON, io)),
    ];
    const sick = findings.filter(({ ok }) => !ok).length;
    if (options.json) io.out(json({ ok: sick === 0, version: VERSION_LINE, findings }));
    else print(findings, sick, io);
    return sick === 0 ? 0 : 1;
  },
});

/** What cannot even be looked at is a finding too. */
function seen(check: string, look: () => Finding[]): Finding[] {
  try {
    return look();
  } catch (error) {
    return [wrong(check, `Cannot be looked at: ${messageOf(error)}.`, "Fix the home folder first.")];
  }
}

function print(findings: readonly Finding[], sick: number, io: Io): void {
  io.out(`${VERSION_LINE}, bun ${Bun.version}, ${process.platform}/${process.arch}`);
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, ok, says, mend } of findings) {
    io.out(`${ok ? io.paint.good("✔") : io.paint.bad("✖")} ${check.padEnd(width)}  ${says}`);
    if (mend) io.out(`  ${" ".repeat(width)}  → ${mend}`);
  }
  io.out(sick === 0 ? "All is well." : `${sick} thing${sick === 1 ? " is" : "s are"} wrong.`);
}
