// `orch licenses`: what the executable carries, and under which terms.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { OrchError } from "#lib/errors.ts";
import asset from "../../../dist/assets/licenses.asset" with { type: "file" };
import { command, JSON_OPTION } from "../kit/command.ts";
import { json, page } from "../terminal/layout.ts";

/** A package inside of the executable. `license` as SPDX writes it; `text` is empty where the package brings none. */
export interface CarriedPackage {
  name: string;
  version: string;
  license: string;
  text: string;
}

export const licenses = command({
  description: "List the licenses of the software inside of this executable.",
  examples: ["orch licenses", "orch licenses bun", "orch licenses --all"],
  options: {
    package: { type: "positional", required: false, description: "Print the text of this package's license." },
    all: { type: "boolean", description: "Print the texts of all licenses." },
    ...JSON_OPTION,
  },
  async run({ options, io }) {
    const packages = carriedPackages();
    const named = packages.filter(({ name }) => options.package === undefined || name === options.package);
    if (named.length === 0) {
      const sentence = `There is no package '${options.package}' in this executable.`;
      throw new OrchError("not_found", `${sentence} 'orch licenses' lists those there are.`);
    }
    if (options.json) return io.out(json(named));
    if (options.all || options.package !== undefined) {
      await io.write(named.map((each) => page(withText(each))));
      return;
    }
    const [name, version] = [longest(named, "name"), longest(named, "version")];
    const lines = named.map((each) => `${each.name.padEnd(name)}  ${each.version.padEnd(version)}  ${each.license}`);
    await io.write(lines);
  },
});

/** All that there are, orch itself first. */
function carriedPackages(): CarriedPackage[] {
  return JSON.parse(gunzipSync(readFileSync(asset)).toString()) as CarriedPackage[]; // made by the build
}

function withText({ name, version, license, text }: CarriedPackage): string {
  return `${name} ${version}: ${license}\n\n${text.trim() || "The package brings no text of its license."}\n`;
}

function longest(packages: readonly CarriedPackage[], field: "name" | "version"): number {
  return Math.max(...packages.map((each) => each[field].length));
}
