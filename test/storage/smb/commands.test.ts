// What smbclient is given, and what is read from what it prints.
import { expect, test } from "bun:test";
import { filesIn, quoted } from "#storage/smb/commands.ts";
import { failureOf } from "#storage/smb/failures.ts";
import { smbAddressOptions, smbBlockOptions } from "#storage/smb/options.ts";

const TIME = "  Fri Nov 27 19:28:58 2026";

/** As smbclient prints it: padded by bytes, read as one character each. */
function line(name: string, attributes: string, bytes: number): string {
  const padded = Buffer.from(name).toString("latin1").padEnd(30);
  return `  ${padded}${attributes.padStart(7)} ${String(bytes).padStart(8)}${TIME}`;
}

test("blocks 5: lists of smbclient are read by columns", () => {
  const long = "AAAAAAA 1  BBBBBBB 2".repeat(3);
  const output = [
    ...[line(".", "D", 0), line("..", "D", 0), line("a  b.ts", "A", 1), line(" begins", "AHR", 2), line(long, "N", 3)],
    ...[line("späße.txt", "A", 12_345_678_901), line("deep", "D", 0), "", "\\base\\deep", line("x", "", 4), ""],
    "\t\t264212084 blocks of size 1024. 66835888 blocks available",
  ].join("\n");
  expect(filesIn(output, "base")).toEqual([
    { path: "a  b.ts", bytes: 1 },
    { path: " begins", bytes: 2 },
    { path: long, bytes: 3 },
    { path: "späße.txt", bytes: 12_345_678_901 },
    { path: "deep/x", bytes: 4 },
  ]);
});

test("names are one word of a command, or refused", () => {
  expect(quoted("a b/;!$x%y'.ts")).toBe(`"a b\\;!$x%y'.ts"`);
  for (const name of ['"', "a\nb", "a\\b", "*", "a?", "a.", "a ", "a:b"]) {
    expect(() => quoted(`folder/${name}`)).toThrow("cannot be the name of a file or folder on a share");
  }
});

test("blocks 9: paths of shares in all their spellings, and users of domains", () => {
  const of = (fields: Record<string, string | number>) => smbBlockOptions({ smb_host: "files", ...fields });
  for (const path of ["team share/a b/c", "/team share/a b//c/", "\\team share\\a b\\c"]) {
    expect(of({ share_path: path })).toMatchObject({ share: "team share", base: "a b/c" });
  }
  for (const name of ["OFFICE\\ann", "ann@OFFICE", "OFFICE/ann"]) {
    expect(of({ share_path: "s", smb_username: name })).toMatchObject({ user: "ann", domain: "OFFICE" });
  }
  expect(() => of({ share_path: "/" })).toThrow("'/' names no share. Write 'share' or 'share/folder'.");
  expect(() => of({ share_path: "s", smb_host: "a b" })).toThrow("'a b' names no server of shares.");
  expect(() => of({ share_path: "s", smb_port: 70_000 })).toThrow("'70000' is no port");
  expect(() => of({ share_path: "s", smb_username: "a\nb" })).toThrow("The user of the share is no name.");
});

test("addresses say users and ports; settings go first", () => {
  const of = (host: string, settings = {}) => smbAddressOptions({ scheme: "smb", host, path: "s/f", settings });
  const said = { host: "files", port: 4455, user: "ann", domain: "OFFICE", password: "p@:w" };
  expect(of("OFFICE;ann:p%40:w@files:4455")).toMatchObject(said);
  expect(of("files", { port: 4455, username: "OFFICE\\ann", password: "p@:w" })).toMatchObject(said);
  expect(of("ann:x@files", { password: "y" })).toMatchObject({ user: "ann", password: "y", port: undefined });
  expect(of("[::1]:445")).toMatchObject({ host: "::1", port: 445 });
});

test("words of servers become sentences", () => {
  const attempted = { location: "smb://files/s/a", server: "files", share: "s" };
  const of = (output: string) => failureOf(output, attempted)?.message;
  expect(of("")).toBeUndefined();
  expect(of("cli_push returned NT_STATUS_DISK_FULL")).toBe("There is no space left for 'smb://files/s/a' on 'files'.");
  expect(of("NT_STATUS_OBJECT_NAME_NOT_FOUND opening remote file \\a")).toBe("There is no file 'smb://files/s/a'.");
  const unknown = "do_connect: Connection to files failed (Error NT_STATUS_UNSUCCESSFUL)";
  expect(of(unknown)).toBe("The server 'files' cannot be reached: no address has this name.");
  expect(of("session setup failed: NT_STATUS_ACCOUNT_LOCKED_OUT")).toContain("locked after too many wrong passwords");
  expect(of("NT_STATUS_ODD_THING doing")).toBe(
    "The server 'files' refuses what was asked for 'smb://files/s/a': odd thing.",
  );
});
