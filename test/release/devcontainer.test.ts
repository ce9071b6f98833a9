// The feature of dev containers: built into an image as root, used by a user without rights on a read-only root, as the first
// process of a container and not, with the home on a volume that a second container may share.
import { beforeAll, expect, test } from "bun:test";
import { MAIN_JOB, onNewMachine, whyNoMachine } from "./machine.ts";
import { madeRelease } from "./made.ts";

const why = whyNoMachine();
if (why !== undefined) console.warn(`No new machine can be made here, so no dev container is tried: ${why}.`);

beforeAll(async () => {
  await madeRelease();
}, 600_000);

/** What an image is built with: the files that `orch init --devcontainer` writes, and a release beside them. */
const BUILD = `
  gzip -dc /release/orch-linux-${process.arch}.gz > /tmp/orch && chmod 755 /tmp/orch
  mkdir /tmp/project && cd /tmp/project && ORCH_HOME=/tmp/unused /tmp/orch init . --devcontainer
  cp /release/checksums.txt /release/orch-linux-*.gz .devcontainer/orch/
  VERSION=latest SERVER=true QUEUE=test PORT=4200 sh .devcontainer/orch/install.sh
  rm -rf /tmp/* /home/dev/.orch
  cd /
  mount -t tmpfs -o mode=1777 none /var/lib/orch
  mount -o remount,ro /
`;
const AS_DEV = "setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp/dev ORCH_HOME=/var/lib/orch/home";

test.skipIf(why !== undefined)(
  "the server starts with the container, and a run is Completed, on a read-only root",
  async () => {
    const asUser = `
    export HOME=/tmp/dev ORCH_HOME=/var/lib/orch/home
    mkdir $HOME && cd
    ! touch /usr/local/x 2>/dev/null
    /usr/local/share/orch/start.sh
    /usr/local/share/orch/start.sh
    ${MAIN_JOB.replace("orch server start --background --agent test", "")}
    ls -ld $ORCH_HOME`;
    const { code, output } = await onNewMachine({ asRoot: BUILD, asUser });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain("Wrote /usr/local/bin/orch (orch ");
    expect(output.match(/orch server is running at http:\/\/127\.0\.0\.1:4200 as process/g)).toHaveLength(1);
    expect(output).toMatch(/Completed/);
    expect(output).toMatch(/^drwx------ .* \/var\/lib\/orch\/home$/m);
  },
);

/** Waits until the first server's note is there; the loop ends with the container. */
const UNTIL_NOTED = "until [ -s /var/lib/orch/home/server.json ]; do sleep 0.1; done";

test.skipIf(why !== undefined)(
  "as the first process of its container; a second container on the same home is refused",
  async () => {
    const asRoot = `${BUILD}
    mkdir /tmp/dev && chown 65534 /tmp/dev && cd /tmp/dev
    unshare --pid --fork --mount-proc --net sh -c 'ip link set lo up; exec ${AS_DEV} orch server start' > /tmp/first.log 2>&1 &
    first=$!
    ${UNTIL_NOTED}
    grep -o '"pid":1[,}]' /var/lib/orch/home/server.json
    code=0
    unshare --pid --fork --mount-proc --net sh -c 'ip link set lo up; exec ${AS_DEV} orch server start' || code=$?
    echo "second ended with $code"
    ${AS_DEV} orch flow-run ls
    kill -TERM $(ps -o pid= --ppid $first)
    wait $first || true
    cat /tmp/first.log
    ${AS_DEV} orch server start --background && ${AS_DEV} orch server stop`;
    const { code, output } = await onNewMachine({ asRoot });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('"pid":1');
    expect(output).toContain("A server has the home '/var/lib/orch/home', as process 1 in another container");
    expect(output).toContain("second ended with 1");
    expect(output).toContain("Server stopped!");
  },
);
