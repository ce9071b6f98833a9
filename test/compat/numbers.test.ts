// The real Python client's numbers through our server: integers of 64 bits, which are the largest that it sends, and 1.0 is not 1.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

const NUMBERS =
  "{'big': 2**64 - 1, 'id': 9007199254740993, 'far': -(2**63), 'one': 1.0, 'zero': -0.0, 'e': 1e22, 'small': 1e-7, 'third': 1/3, 'deep': [{'a': [10**19, 2.0]}], 'text': '1.10', 'none': None}";
const CLIENT = `
import asyncio, json, uuid
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.blocks.system import JSON
from prefect.server.schemas.actions import ArtifactCreate

NUMBERS = ${NUMBERS}

def same(found):
    assert repr(found) == repr(NUMBERS), (found, NUMBERS)

@flow
def add(big, id, far, one, zero, e, small, third, deep, text, none):
    same(dict(big=big, id=id, far=far, one=one, zero=zero, e=e, small=small, third=third, deep=deep, text=text, none=none))
    return big + id

async def main():
    async with get_client() as client:
        run = await client.create_flow_run(add, parameters=NUMBERS, context=NUMBERS)
        same(run.parameters)
        same((await client.read_flow_run(run.id)).parameters)
        same((await client.read_flow_runs())[0].context)
        flow_id = await client.create_flow(add)
        deployment = await client.create_deployment(flow_id, "d", parameters=NUMBERS, infra_overrides=NUMBERS)
        found = await client.read_deployment(deployment)
        same(found.parameters)
        same(found.infra_overrides)
        run = await client.create_flow_run_from_deployment(deployment, parameters={"big": 2**63})
        assert run.parameters == {**NUMBERS, "big": 2**63}
        artifact = await client.create_artifact(ArtifactCreate(key="a", type="table", data=[NUMBERS]))
        same((await client.read_artifacts())[0].data[0])

asyncio.run(main())
JSON(value=NUMBERS).save("numbers")
same(JSON.load("numbers").value)
assert add(**NUMBERS) == 2**64 - 1 + 9007199254740993
print("same")
`;

let prefect: Prefect;
beforeAll(async () => {
  if (possible) prefect = await createPrefect();
});
afterAll(() => prefect?.close());

test.skipIf(!possible)("T6: its numbers come back as they were, digit by digit and kind by kind", async () => {
  expect((await prefect.python(CLIENT)).split("\n").at(-1)).toBe("same");
});

const DEPLOYMENT = `
import asyncio
from prefect.client.orchestration import get_client
async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("work/x")
        print(repr(deployment.parameters), repr((await client.read_flow_runs())[0].parameters))
asyncio.run(main())
`;

test.skipIf(!possible)("T6: it reads what our command line and our deployment file have sent", async () => {
  prefect.write(
    "work.ts",
    'import { flow } from "orch";\nexport const work = flow(async function work(id: bigint, any: unknown, s: string) {});\n',
  );
  const params = ["--param", "id=12345678901234567890", "--param", "any=[1.0, 9007199254740993]", "--param", "s=1.10"];
  for (const words of [
    ["build", "-n", "x", "-q", "test", "-a", "work.ts:work", ...params],
    ["run", "work/x"],
  ]) {
    const { code, stderr } = await prefect.sandbox.orch(["deployment", ...words], {
      env: { ORCH_API_URL: `${prefect.url}/api` },
    });
    expect(code, stderr).toBe(0); // that nothing listens to the queue is said on stderr
  }
  const [deployed = ""] = (await prefect.python(DEPLOYMENT)).split("\n").slice(-1);
  const parameters = "{'id': 12345678901234567890, 'any': [1.0, 9007199254740993], 's': '1.10'}";
  expect(deployed).toBe(`${parameters} ${parameters}`);
});
