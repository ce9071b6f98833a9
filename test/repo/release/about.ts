// Reads from package.json what a release says of itself: the one place of its version, names and address.
import { readFileSync } from "node:fs";

export interface About {
  name: string;
  version: string;
  description: string;
  license: string;
  /** The main package of npm; those of platforms are in a scope of that name. */
  npm: string;
  /** The project of PyPI. */
  pypi: string;
  /** Address of the repository, whose releases are downloaded; undefined until package.json names one. */
  repository: string | undefined;
}

export function readAbout(path = "package.json"): About {
  // As npm describes it; the repository is a text or an object.
  const { name, version, description, license, repository } = JSON.parse(readFileSync(path, "utf8")) as Omit<
    About,
    "repository"
  > & {
    repository?: string | { url: string };
  };
  const address = typeof repository === "object" ? repository.url : repository;
  return {
    ...{ name, version, description, license, npm: name, pypi: name },
    repository: address?.replace(/^git\+/, "").replace(/\.git$/, ""),
  };
}
