// The units of `orch service install`, started by a real systemd: a user's server and agent run the main job, come back after kill -9,
// and go without a trace. Units of the system are written and read by systemd, not started: it would have to be the first process.
import { beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { MAIN_JOB, onNewMachine, whyNoMachine } from "./machine.ts";
import { madeRelease } from "./made.ts";

const SYSTEMD = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"].find(existsSync);
const why = whyNoMachine() ?? (SYSTEMD && Bun.which("systemctl") ? undefined : "there is no systemd");
if (why !== undefined) console.warn(`No service can be started here: ${why}.`);

beforeAll(async () => {
  await madeRelease();
}, 600_000);

const INSTALL = `
  export HOME=/srv/dev && mkdir -p $HOME && cd
  sh /release/install.sh --from /release --to /usr/local/bin
  export PATH=/usr/local/bin:$PATH
`;

/** Systemd of a user works where a machine says that it was started by systemd. */
const START_SYSTEMD = `
  mount -t tmpfs none /run
  mkdir -p /run/user/0 /run/systemd/system
  export XDG_RUNTIME_DIR=/run/user/0 SYSTEMD_IGNORE_CHROOT=1
  # In a separate group: systemd arranges the groups below the one that it starts in.
  group=$(ls -d /sys/fs/cgroup/systemd 2>/dev/null || echo /sys/fs/cgroup)/orch-test-$(cut -d ' ' -f 1 /proc/uptime)
  mkdir "$group" && echo $$ >"$group/cgroup.procs"
  ${SYSTEMD} --user >/tmp/systemd.log 2>&1 &
  systemd=$!
  for i in $(seq 100); do
    systemctl --user show-environment >/dev/null 2>&1 && break
    kill -0 $systemd 2>/dev/null || break
    sleep 0.1
  done
  systemctl --user show-environment >/dev/null || { echo "SYSTEMD DOES NOT RUN"; cat /tmp/systemd.log; exit 0; }
`;

test.skipIf(why !== undefined)("a user's server and agent: started, back after kill -9, removed", async () => {
  const asRoot = `${INSTALL} ${START_SYSTEMD}
    mark() { :; }
    orch service install
    orch service install agent --agent test
    ${MAIN_JOB.replace("orch server start --background --agent test", "").replace("orch server stop", "")}
    for unit in orch orch-agent; do
      pid=$(systemctl --user show -P MainPID $unit)
      kill -9 $pid
      until [ "$(systemctl --user show -P MainPID $unit)" -gt 0 ] && [ "$(systemctl --user show -P MainPID $unit)" != $pid ]; do
        sleep 0.1
      done
    done
    until orch server status >/dev/null; do sleep 0.1; done
    orch deployment run say-hi/marvin --watch
    orch service status && orch service status agent
    sh /release/install.sh --uninstall --to /usr/local/bin || echo "refused with $?"
    orch service uninstall agent && orch service uninstall
    systemctl --user list-unit-files 'orch*' --no-legend | sed 's/^/LEFT: /'
    orch server status || echo "no server: $?"
    sh /release/install.sh --uninstall --to /usr/local/bin
    kill -TERM $systemd && wait $systemd || true
    echo $$ >"$(dirname "$group")/cgroup.procs"
    find "$group" -depth -type d -exec rmdir {} +`;
  const { code, output, left } = await onNewMachine({ asRoot });
  expect({ code, output }).toMatchObject({ code: 0 });
  if (output.includes("SYSTEMD DOES NOT RUN")) return console.warn(`Skipped: systemd does not run here.\n${output}`);
  expect(output).toContain("The server is running at http://127.0.0.1:4200, and starts again with your session.");
  expect(output.match(/finished in state Completed/g)).toHaveLength(2);
  expect(output.match(/The service is active: /g)).toHaveLength(2);
  expect(output).toMatch(/\.service' runs this orch: remove the service first/);
  expect(output).toContain("refused with 1");
  expect(output).toContain("no server: 1");
  expect(output).not.toContain("LEFT: ");
  expect(left.filter((path) => path.includes("orch") && !/^\.\/srv\/dev\/(\.orch|project)\//.test(path))).toEqual([]);
});

test.skipIf(why !== undefined)(
  "the system's units are written where systemd looks, which finds nothing wrong",
  async () => {
    const asRoot = `${INSTALL}
    orch service install --system --user daemon --no-start --host 0.0.0.0
    orch service install agent --agent test --system --user daemon --no-start
    systemd-analyze verify --man=no /etc/systemd/system/orch.service /etc/systemd/system/orch-agent.service 2>&1 |
      grep /etc/systemd/system/orch | sed 's/^/WRONG: /'
    orch service uninstall --system && orch service uninstall agent --system
    ls /etc/systemd/system | grep orch | sed 's/^/LEFT: /'
    sh /release/install.sh --uninstall --to /usr/local/bin`;
    const { code, output } = await onNewMachine({ asRoot });
    expect({ code, output }).toMatchObject({ code: 0 });
    for (const unit of ["orch.service", "orch-agent.service"]) {
      expect(output).toContain(`Wrote /etc/systemd/system/${unit}
  Its home is /var/lib/orch, with other settings than yours. To change one:
    sudo install -d -o daemon -m 700 /var/lib/orch
    sudo -u daemon ORCH_HOME=/var/lib/orch /usr/local/bin/orch config set NAME=VALUE
Start it: systemctl enable --now ${unit}
`);
    }
    expect(output).not.toMatch(/WRONG: |LEFT: /);
  },
);

test.skipIf(why !== undefined)(
  "an agent of the system works for a server with a key, which root alone can read",
  async () => {
    // A user's systemd stands in for the system's: the unit is the same, its state folder is made by hand.
    const asRoot = `${INSTALL} ${START_SYSTEMD}
    orch config set ORCH_SERVER_API_KEY=secret
    orch server start --background
    export SUDO_USER=ada && echo "ada:x:1234:1234::/srv/ada:/bin/sh" >> /etc/passwd
    orch service install agent --agent test --system --user daemon --no-start || echo "unknown: $?"
    as_ada() { HOME=/srv/ada orch "$@"; }
    as_ada config set ORCH_API_URL=http://127.0.0.1:4200/api
    orch service install agent --agent test --system --user daemon --no-start || echo "refused: $?"
    ls /etc/orch /etc/systemd/system/orch-agent.service 2>/dev/null | sed 's/^/TOO EARLY: /'
    as_ada config set ORCH_API_KEY=secret
    orch service install agent --agent test --system --user daemon --no-start
    stat -c '%A %U %n' /etc/orch/agent.env
    grep -r secret /etc/systemd/system | sed 's/^/OPEN TO ALL: /'
    install -d -o daemon -m 700 /var/lib/orch
    mkdir -p ~/.config/systemd/user && cp /etc/systemd/system/orch-agent.service ~/.config/systemd/user
    systemctl --user daemon-reload
    systemctl --user start orch-agent
    echo "agent runs as $(ps -o user= -p "$(systemctl --user show -P MainPID orch-agent)")"
    mkdir project && cd project && orch init . >/dev/null
    orch block create local-file-system -n code -f basepath=/srv/flows
    orch deployment build flows/marvin.ts:sayHi -n marvin -q test -sb local-file-system/code/hello -a
    chmod -R a+rX /srv/flows
    orch deployment run say-hi/marvin --watch
    systemctl --user stop orch-agent
    orch service uninstall agent --system
    ls -d /etc/orch 2>/dev/null | sed 's/^/LEFT: /'
    install -d /etc/orch && echo ORCH_API_KEY=left >/etc/orch/agent.env
    orch service uninstall agent --system # where the unit is gone
    ls -d /etc/orch 2>/dev/null | sed 's/^/LEFT: /'
    orch server stop
    kill -TERM $systemd && wait $systemd || true
    echo $$ >"$(dirname "$group")/cgroup.procs"
    find "$group" -depth -type d -exec rmdir {} +`;
    const { code, output } = await onNewMachine({ asRoot });
    expect({ code, output }).toMatchObject({ code: 0 });
    if (output.includes("SYSTEMD DOES NOT RUN")) return console.warn(`Skipped: systemd does not run here.\n${output}`);
    expect(output).toContain("The agent would know no server, and nothing was written.");
    expect(output).toContain("unknown: 1");
    expect(output).toContain("asks for a key, and none is set. Nothing was written.");
    expect(output).toContain("refused: 1");
    expect(output).toContain("Wrote /etc/orch/agent.env, which root alone reads: ORCH_API_URL and ORCH_API_KEY");
    expect(output).toContain("-rw------- root /etc/orch/agent.env");
    expect(output).toContain("agent runs as daemon");
    expect(output).toContain("finished in state Completed");
    expect(output).toContain("Removed /etc/orch/agent.env");
    expect(output).not.toMatch(/TOO EARLY: |OPEN TO ALL: |LEFT: /);
  },
);
