// Shows one queue of a work pool.
import { useQuery } from "../../data/query.ts";
import { Loaded } from "../../parts/lists/loaded.tsx";
import type { PageProps } from "../registry.ts";
import { QueueView } from "./queue-view.tsx";

export default function PoolQueuePage({ params: { name: pool, queue } }: PageProps<"name" | "queue">) {
  const query = useQuery("readPoolQueue", { params: { work_pool_name: pool, name: queue } });
  const owner = useQuery("readWorkPool", { params: { name: pool } }).data;
  return (
    <Loaded of={query} record="work queue">
      {(found) => <QueueView queue={found} pool={owner} />}
    </Loaded>
  );
}
