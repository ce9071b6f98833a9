// Infrastructure blocks: their data is what agents of the old system read.
import { expect, test } from "bun:test";
import { type InfrastructureType, infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import { DockerContainer, KubernetesClusterConfig, KubernetesJob, Process } from "#sdk/index.ts";

for (const block of [new Process(), new DockerContainer(), new KubernetesJob()]) {
  test(`a ${block.type} without anything is what deployment files print`, () => {
    const defaults = infrastructureDefaults(block.type as InfrastructureType);
    expect(block.toData()).toEqual(defaults);
    expect(Object.keys(block.toData())).toEqual(Object.keys(defaults));
  });
}

test("what a process is told travels by the old names", () => {
  const given = { env: { A: null, B: "b" }, command: ["orch", "engine"], streamOutput: false, workingDir: "/w" };
  const { env, command } = given;
  expect(new Process(given).toData()).toMatchObject({ env, command, stream_output: false, working_dir: "/w" });
});

test("a container has the usual values", () => {
  expect(new DockerContainer({ image: "i" }).toData()).toMatchObject({
    ...{ type: "docker-container", env: {}, labels: {}, image: "i", auto_remove: false, stream_output: true },
    ...{ networks: [], privileged: false, image_registry: null },
  });
});

test("a job has the usual values, and may hold its cluster", () => {
  const clusterConfig = new KubernetesClusterConfig({ config: { a: 1 }, contextName: "c" });
  expect(new KubernetesJob({ image: "i", clusterConfig }).toData()).toMatchObject({
    ...{ type: "kubernetes-job", pod_watch_timeout_seconds: 60, namespace: "default" },
    cluster_config: { config: { a: 1 }, context_name: "c" },
  });
});
