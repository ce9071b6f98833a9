// Whether the node of a pod answers, and for how long the pod may stay where it does not: what a real cluster of 1.31 writes.
import { expect, test } from "bun:test";
import { isNodeSilent, tolerationOf } from "#infrastructure/kubernetes/pods.ts";
import type { JsonObject } from "#lib/json.ts";

const WELL = { running: {} };
const OVER = { terminated: { exitCode: 0, reason: "Completed" } };

function podWith(conditions: Record<string, string>, state: JsonObject = WELL, reason = ""): JsonObject {
  return {
    spec: { containers: [{ name: "prefect-job" }] },
    status: {
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, reason })),
      containerStatuses: [{ name: "prefect-job", state }],
    },
  };
}

const PODS: [what: string, pod: JsonObject, isSilent: boolean][] = [
  ["a pod that is well", podWith({ Ready: "True", ContainersReady: "True" }), false],
  ["a pod that the cluster has marked", podWith({ Ready: "False", ContainersReady: "True" }), true],
  ["a container that is not ready", podWith({ Ready: "False", ContainersReady: "False" }), false],
  [
    "a condition of the pod's own",
    podWith({ Ready: "False", ContainersReady: "True" }, WELL, "ReadinessGatesNotReady"),
    false,
  ],
  ["a container that has ended", podWith({ Ready: "False", ContainersReady: "True" }, OVER), false],
  ["a pod that no node has seen", podWith({ PodScheduled: "False" }, {}), false],
];
for (const [what, pod, isSilent] of PODS) {
  test(`blocks 22: a node that does not answer: ${what}`, () => expect(isNodeSilent(pod)).toBe(isSilent));
}

const KEY = "node.kubernetes.io/unreachable";
const NO_EXECUTE = { operator: "Exists", effect: "NoExecute" };
const TOLERATIONS: [what: string, tolerations: JsonObject[], seconds: number | null][] = [
  ["none", [], 0],
  ["the cluster's own", [{ key: KEY, ...NO_EXECUTE, tolerationSeconds: 300 }], 300],
  ["forever", [{ key: KEY, ...NO_EXECUTE }], null],
  ["everything, forever", [{ operator: "Exists" }], null],
  ["the shorter one", [{ key: KEY, ...NO_EXECUTE, tolerationSeconds: 9 }, { operator: "Exists" }], 9],
  ["less than nothing", [{ key: KEY, ...NO_EXECUTE, tolerationSeconds: -1 }], 0],
  ["without an operator", [{ key: KEY, effect: "NoExecute", tolerationSeconds: 5 }], 5],
  ["another value", [{ key: KEY, effect: "NoExecute", value: "x" }], 0],
  ["another taint", [{ key: "node.kubernetes.io/not-ready", ...NO_EXECUTE, tolerationSeconds: 7 }], 0],
  ["another effect", [{ key: KEY, operator: "Exists", effect: "NoSchedule" }], 0],
];
for (const [what, tolerations, seconds] of TOLERATIONS) {
  test(`blocks 22: how long a pod may stay there: ${what}`, () => {
    expect(tolerationOf({ spec: { tolerations } })).toBe(seconds);
  });
}
