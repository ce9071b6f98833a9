// Shows one work queue by its id: the address that old clients print.
import { useQuery } from "../../data/query.ts";
import { Loaded } from "../../parts/lists/loaded.tsx";
import type { PageProps } from "../registry.ts";
import { usePoolOf } from "./pool-data.ts";
import { QueueView } from "./queue-view.tsx";

export default function WorkQueuePage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readWorkQueue", { params: { id } });
  const pool = usePoolOf(query.data?.work_pool_id);
  return (
    <Loaded of={query} record="work queue">
      {(queue) => <QueueView {...{ queue, pool }} />}
    </Loaded>
  );
}
