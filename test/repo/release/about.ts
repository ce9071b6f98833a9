// Reads from package.json what a release says of itself: the one place of its version, names and address.
import { readFileSync } from "node:fs";

export interface About {
  name: string;
  version: string;
  description: string;
  license: string;
  /** The main package of npm; those of platforms have its name and the platform's. */
  npm: string;
  /** The project of PyPI. */
  pypi: string;
  /** Whether package.json names both in `publishAs`. Else they are placeholders, which other projects own: for files alone. */
  hasNames: boolean;
  /** Address of the repository, whose releases are downloaded; undefined until package.json names one. */
  repository: string | undefined;
}

export function readAbout(path = "package.json"): About {
  // As npm describes it; the repository is a text or an object. `publishAs` is ours.
  const { name, version, description, license, repository, publishAs } = JSON.parse(readFileSync(path, "utf8")) as Pick<
    About,
    "name" | "version" | "description" | "license"
  > & {
    repository?: string | { url: string };
    publishAs?: { npm?: string; pypi?: string };
  };
  const address = typeof repository === "object" ? repository.url : repository;
  const { npm, pypi } = publishAs ?? {};
  return {
    ...{ name, version, description, license, npm: npm ?? name, pypi: pypi ?? name },
    hasNames: npm !== undefined && pypi !== undefined,
    repository: address?.replace(/^git\+/, "").replace(/\.git$/, ""),
  };
}
