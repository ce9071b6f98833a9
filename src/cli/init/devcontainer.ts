// What `orch init --devcontainer` writes: a dev container with the feature that installs and starts orch.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import about from "../../../package.json";
import devcontainer from "../../../templates/devcontainer/devcontainer.json" with { type: "text" };
import feature from "../../../templates/devcontainer/orch/devcontainer-feature.json" with { type: "text" };
// @ts-expect-error: imported as text, which the type checker does not know of.
import install from "../../../templates/devcontainer/orch/install.sh" with { type: "text" };
// @ts-expect-error: as above.
import getOrch from "../../../templates/install.sh" with { type: "text" };

const CONFIG = ".devcontainer/devcontainer.json";
const FEATURE = ".devcontainer/orch";

/** By path in the project. Where a configuration is already, the feature alone. */
export function devcontainerFiles(folder: string): Record<string, string> {
  const config = String(devcontainer)
    .replace('"@NAME@"', JSON.stringify(basename(folder)))
    .replace("@VERSION@", about.version);
  return {
    ...(otherConfig(folder) === undefined ? { [CONFIG]: config } : {}),
    [`${FEATURE}/devcontainer-feature.json`]: String(feature),
    [`${FEATURE}/install.sh`]: String(install),
    [`${FEATURE}/get-orch.sh`]: String(getOrch).replace("@RELEASES@", releases()).replace("@VERSION@", about.version),
  };
}

/** What the person has to do. `isWritten`: whether the configuration is ours. */
export function devcontainerHints(folder: string, isWritten: boolean): string[] {
  const other = otherConfig(folder);
  const hints: string[] = [];
  if (other !== undefined)
    hints.push(`Left ${other} as it is. It has to be .devcontainer/devcontainer.json to use the feature.`);
  else if (!isWritten)
    hints.push(
      `To use the feature, ${CONFIG} needs: "features": { "./orch": { "queue": "test" } }, "forwardPorts": [4200]`,
    );
  if (releases() === "") {
    const files = "checksums.txt and orch-linux-*.gz of a release";
    hints.push(
      `This orch knows no address to download from: put ${files} into ${FEATURE} before the container is built.`,
    );
  }
  return hints;
}

/** At the other place where one may be. */
function otherConfig(folder: string): string | undefined {
  const name = ".devcontainer.json";
  return existsSync(join(folder, name)) && !existsSync(join(folder, CONFIG)) ? name : undefined;
}

/** The address of package.json's repository; empty while it names none. */
function releases(): string {
  const { repository } = about as { repository?: string | { url: string } }; // as npm describes it; none yet
  const address = typeof repository === "object" ? repository.url : (repository ?? "");
  return address === "" ? "" : `${address.replace(/^git\+/, "").replace(/\.git$/, "")}/releases`;
}
