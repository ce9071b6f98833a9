// Gives execa, which runs the programs that reach a storage: git, smbclient. It is carried as text.
import type { execa as Execa } from "execa";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import asset from "../../dist/assets/execa.asset" with { type: "file" };

/** Loads the library at the first call. */
export function loadExeca(): typeof Execa {
  return embeddedLibrary<{ execa: typeof Execa }>(asset).execa;
}
