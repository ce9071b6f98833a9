// Gives execa, which runs the programs that reach a storage: git, smbclient. It is carried as text.
import type { execa as Execa } from "execa";
import { carried } from "#lib/files/carried.ts";
import asset from "../../dist/assets/execa.asset" with { type: "file" };

/** Loads the library at the first call. */
export function loadExeca(): typeof Execa {
  return carried<{ execa: typeof Execa }>(asset).execa;
}
